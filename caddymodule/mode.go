package caddymodule

const (
	modeEnforce = "enforce"
	modeMonitor = "monitor"
)

var modes = map[string]bool{modeEnforce: true, modeMonitor: true}

// mode is the gate's, whether or not the operator has named it.
func (g *Gate) mode() string {
	if g.Mode == "" {
		return modeEnforce
	}
	return g.Mode
}
