package command

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/endpoints"
)

func endpointsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "endpoints [NAME]",
		Short: "Prints the endpoints that are built in, as a Caddyfile describes them",
		Long: `
Prints each built-in endpoint as the gate of an endpoint of your own that does the
same. Copy one to describe another that is like it.

With a name, only that endpoint is printed.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return printEndpoints(os.Stdout, args) },
	}
}

func printEndpoints(w io.Writer, names []string) error {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(endpoints.BuiltIn))
	}
	for i, name := range names {
		e, known := endpoints.BuiltIn[name]
		if !known {
			return fmt.Errorf("there is no endpoint %q; the built-in ones are %v", name, slices.Sorted(maps.Keys(endpoints.BuiltIn)))
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "# %s\n%s", name, e.Caddyfile())
	}
	return nil
}
