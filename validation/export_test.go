package validation

// BodySlack is what AppendBody(nil) reserves beyond the client's body.
const BodySlack = bodySlack
