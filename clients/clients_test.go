// Package clients_test holds the clients of other languages against the server.
package clients_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/internal/serve"
)

func TestClients(t *testing.T) {
	const token = "a token of the test"
	server := httptest.NewServer(serve.Handler(serve.Options{Version: "test", Token: token}))
	t.Cleanup(server.Close)
	for _, c := range []struct {
		language, dir string
		command       []string
	}{
		{"Python", "python", []string{"python3", "-m", "unittest", "discover", "-s", "tests"}},
		{"JavaScript", "js", []string{"node", "--test"}},
	} {
		t.Run(c.language, func(t *testing.T) {
			if _, err := exec.LookPath(c.command[0]); err != nil {
				if os.Getenv("CI") == "true" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			dir, err := filepath.Abs(c.dir)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), c.command[0], c.command[1:]...) //nolint:gosec // this test's own commands
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "MADOGUCHI_URL="+server.URL, "MADOGUCHI_TOKEN="+token, "PYTHONPATH="+dir, "PYTHONDONTWRITEBYTECODE=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
