package main

import (
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/cobra"
)

// addProfiles gives the command, and those below it, the hidden flags that
// write profiles for 'go tool pprof'.
func addProfiles(root *cobra.Command) {
	var cpu, memory string
	flags := root.PersistentFlags()
	flags.StringVar(&cpu, "cpuprofile", "", "write a CPU profile to this file")
	flags.StringVar(&memory, "memprofile", "", "write a memory profile to this file at the end")
	for _, name := range []string{"cpuprofile", "memprofile"} {
		if err := flags.MarkHidden(name); err != nil {
			panic(err)
		}
	}
	var profile *os.File
	root.PersistentPreRunE = func(*cobra.Command, []string) (err error) {
		if cpu == "" {
			return nil
		}
		if profile, err = os.Create(cpu); err != nil {
			return err
		}
		return pprof.StartCPUProfile(profile)
	}
	// Finalizers run whether or not the command fails, which PersistentPostRun does not.
	cobra.OnFinalize(func() {
		if profile != nil {
			pprof.StopCPUProfile()
			profile.Close()
			profile = nil
		}
		if memory == "" {
			return
		}
		f, err := os.Create(memory)
		if err != nil {
			root.PrintErrln("litmus:", err)
			return
		}
		defer f.Close()
		runtime.GC()
		if err := pprof.WriteHeapProfile(f); err != nil {
			root.PrintErrln("litmus:", err)
		}
	})
}
