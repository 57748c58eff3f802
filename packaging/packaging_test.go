// Package packaging holds how madoguchi is run as a service: units for systemd, a
// container. What is published is in .goreleaser.yaml.
package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// build makes the program.
func build(t *testing.T, to string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, "../cmd/madoguchi")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestUnits: systemd reads them without complaint and finds little exposed.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("no systemd-analyze; make tools installs it")
		}
		t.Fatal(err)
	}
	dir := t.TempDir()
	build(t, filepath.Join(dir, "madoguchi"))
	units, err := filepath.Glob("*.service")
	if err != nil || len(units) != 2 {
		t.Fatal(units, err)
	}
	for _, unit := range units {
		b, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		here := filepath.Join(dir, unit)
		if err := os.WriteFile(here, []byte(strings.ReplaceAll(string(b), "/usr/bin/madoguchi", filepath.Join(dir, "madoguchi"))), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("systemd-analyze", "verify", here).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v: %s", unit, err, out)
		}
		out, err := exec.Command("systemd-analyze", "security", "--offline=yes", here).CombinedOutput()
		m := regexp.MustCompile(`exposure level for \S+: ([0-9.]+)`).FindSubmatch(out)
		if err != nil || m == nil {
			t.Fatalf("%s: %v: %s", unit, err, out)
		}
		if level, err := strconv.ParseFloat(string(m[1]), 64); err != nil || level > 1.5 {
			t.Errorf("%s: exposure %s of 10", unit, m[1])
		}
		// What the unit starts is what the program takes.
		start := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/madoguchi (.*)$`).FindSubmatch(b)
		args := append(strings.Fields(string(start[1])), "--help")
		if out, err := exec.Command(filepath.Join(dir, "madoguchi"), strings.Fields(strings.ReplaceAll(strings.Join(args, " "), "--config /etc/madoguchi/madoguchi.yaml", ""))...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", unit, err, out)
		}
	}
}

// TestContainer: the program works where there is nothing but itself, nothing can
// be written to but /data, and the user is nobody: as in the container that
// Containerfile describes. Needs the right to mount and to change the root.
func TestContainer(t *testing.T) {
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "" {
			t.Skip("needs root")
		}
		t.Fatal("needs root")
	}
	file, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"FROM scratch", "COPY madoguchi /madoguchi", "USER 65532:65532", "VOLUME /data"} {
		if !strings.Contains(string(file), "\n"+line+"\n") {
			t.Errorf("the Containerfile has no %q any more; this test is of another", line)
		}
	}
	root := filepath.Join(t.TempDir(), "root")
	data := filepath.Join(root, "data")
	if err := os.MkdirAll(data, 0o755); err != nil { //nolint:gosec // others enter it
		t.Fatal(err)
	}
	build(t, filepath.Join(root, "madoguchi"))
	if err := os.Chown(data, 65532, 65532); err != nil {
		t.Fatal(err)
	}
	for d := root; d != os.TempDir() && d != "/"; d = filepath.Dir(d) { // entered by others
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // of this test alone
			t.Fatal(err)
		}
	}
	script := `set -e
mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"
mount -t tmpfs -o uid=65532,gid=65532,mode=700 data "$0/data"
run() { env -i MADOGUCHI_CASEBOOK=/data/casebook HOME=/data MADOGUCHI_PASSPHRASE=見本の合言葉です "$(command -v chroot)" --userspec=65532:65532 "$0" /madoguchi "$@"; }
run version
run check --full --initiator window --direction incoming 暗証番号を教えてください || test $? = 20
id=$(run case new 電話)
run case add $id --kind message メモ
run case verify
run case new x --dir /elsewhere && exit 1 || echo refused $?`
	out, err := exec.Command("unshare", "--mount", "sh", "-c", script, root).CombinedOutput()
	for _, want := range []string{"madoguchi", "伝えない", "2 件の記録は、書いたときのままです", "read-only file system", "refused 1"} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("no %q: %v: %s", want, err, out)
		}
	}
}
