package main

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkColdStart is a whole process that checks a short draft: wall time,
// and the largest resident memory of all runs.
func BenchmarkColdStart(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "madoguchi")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	peak := int64(0)
	for b.Loop() {
		cmd := exec.Command(bin, "check", "../../examples/draft.txt")
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitStop {
			b.Fatalf("the example draft: %v, want exit status %d", err, exitStop)
		}
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, u.Maxrss)
		}
	}
	b.ReportMetric(float64(peak)/1024, "MiB-resident")
}
