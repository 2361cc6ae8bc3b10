package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"socctl": keeping})
}

// Every command as a user runs it: testdata/script holds one file for each
// behaviour. The environment variable STARTER is the starter rule pack, and BUNDLES
// a folder with small bundles of ATT&CK.
func TestScripts(t *testing.T) {
	kept := keptIsHeld(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"repeat": repeat},
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			wd, err := os.Getwd()
			if err != nil {
				return err
			}
			env.Setenv("STARTER", wd+"/../../rules/starter")
			env.Setenv("NO_COLOR", "1")
			env.Setenv("KEPT", kept)
			env.Setenv("BUNDLES", env.WorkDir+"/.bundles")
			return writeBundles(env.WorkDir + "/.bundles")
		},
	})
}
