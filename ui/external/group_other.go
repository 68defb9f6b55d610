//go:build !unix

package external

import "os/exec"

// ownGroup leaves the program as it is: there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup kills the program alone.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
