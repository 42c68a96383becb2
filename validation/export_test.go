package validation

// Slack is what AppendBody(nil) reserves beyond the client's body.
func (s *Submission) Slack() int { return s.slack() }
