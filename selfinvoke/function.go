package selfinvoke

import (
	"cmp"
	"regexp"
)

// function is what a name or an ARN says of a function. What it leaves out is empty.
type function struct{ partition, region, account, name, qualifier string }

// address is what Lambda takes for the name of a function: a name, an ARN or a part of
// one, with a qualifier or without.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
var address = regexp.MustCompile(`^(?:(?:(?:arn:([^:]+):lambda:)?([^:]+):)?([^:]+):function:|function:)?([^:]+)(?::([^:]+))?$`)

// parseFunction returns the zero function for a text that names none.
func parseFunction(text string) function {
	m := address.FindStringSubmatch(text)
	if m == nil {
		return function{}
	}
	return function{m[1], m[2], m[3], m[4], m[5]}
}

// within returns f with what it leaves out taken from other, as Lambda takes the account
// and region of a name from its caller. The qualifier stays as it is.
func (f function) within(other function) function {
	f.partition = cmp.Or(f.partition, other.partition)
	f.region = cmp.Or(f.region, other.region)
	f.account = cmp.Or(f.account, other.account)
	return f
}

// arn returns the ARN without a qualifier, or "" if a part of it is not known.
func (f function) arn() string {
	if f.partition == "" || f.region == "" || f.account == "" || f.name == "" {
		return ""
	}
	return "arn:" + f.partition + ":lambda:" + f.region + ":" + f.account + ":function:" + f.name
}
