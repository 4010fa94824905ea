package eventstest

import (
	"regexp"
	"strings"
)

// path is a channel, as AWS's page has it.
var path = regexp.MustCompile(`^/?[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?(?:/[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?){0,4}/?$`)

// known is true of a channel of the namespace.
func known(channel string) bool {
	return path.MatchString(channel) && segments(channel)[0] == "jobs"
}

// subscribable is true of such a channel, and of one that ends in /*.
func subscribable(channel string) bool {
	return known(strings.TrimSuffix(channel, "/*"))
}

func segments(channel string) []string { return strings.Split(strings.Trim(channel, "/"), "/") }

func normal(channel string) string { return "/" + strings.Trim(channel, "/") }

// covers is true of a subscription that gets the events of a channel.
func covers(subscription, channel string) bool {
	prefix, all := strings.CutSuffix(subscription, "*")
	return subscription == channel || all && strings.HasPrefix(channel, prefix)
}
