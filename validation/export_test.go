package validation

// For returns the rules for another endpoint.
func (r *Rules) For(e *Endpoint) *Rules {
	other := *r
	other.policy.Endpoint = e
	other.usual = other.policy.usual()
	return &other
}

// Slack is what AppendBody(nil) reserves beyond the client's body.
func (s *Submission) Slack() int { return s.slack() }

// Policy is what the rules were made of.
func (r *Rules) Policy() Policy { return r.policy }
