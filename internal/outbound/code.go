package outbound

// Code returns a code that the service has sent if it looks like one: of letters,
// underscores and colons. Anything else, such as the request's token, is withheld.
func Code(sent string) string {
	const longest = 64
	for i := range len(sent) {
		if c := sent[i] | 0x20; (c < 'a' || c > 'z') && sent[i] != '_' && sent[i] != ':' {
			return "(withheld)"
		}
	}
	if len(sent) > longest {
		return "(withheld)"
	}
	return sent
}
