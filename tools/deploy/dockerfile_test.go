package deploy

import (
	"os"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
)

// TestDockerfile has the linter of Docker's own builder read it, with all its rules.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("../../deploy/container/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for rule, text := range map[string][]byte{
		"":                     text,
		"MaintainerDeprecated": append(text, "MAINTAINER nobody\n"...), // so that it is known to look
	} {
		found, err := dockerfile2llb.DockerfileLint(t.Context(), text, dockerfile2llb.ConvertOpt{
			SourceMap: &llb.SourceMap{Definition: &llb.Definition{}, Filename: "Dockerfile", Data: text},
		})
		if err != nil || found.Error != nil {
			t.Fatalf("%v, %v", err, found.Error)
		}
		if rule == "" && len(found.Warnings) > 0 || rule != "" && (len(found.Warnings) != 1 || found.Warnings[0].RuleName != rule) {
			t.Errorf("want %q: %+v", rule, found.Warnings)
		}
	}
}
