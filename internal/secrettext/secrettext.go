// Package secrettext knows texts that cannot be a secret: what a file, a shell, a template or
// Secrets Manager adds to one or leaves in its place.
package secrettext

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// IsText reports whether a secret was meant to be read, as opposed to the bytes that
// base64 or hexadecimal stood for.
func IsText(secret string) bool {
	return !strings.ContainsFunc(secret, func(c rune) bool {
		return c == unicode.ReplacementChar || unicode.IsControl(c) && !unicode.IsSpace(c)
	})
}

// Mistake says what is wrong with a text that cannot be a secret of any provider, or
// returns "". No provider has such secrets; where users choose them, as for GitHub, what only
// looks odd is accepted.
func Mistake(secret string) string {
	for _, m := range mistakes {
		if m.made(secret) {
			return m.what
		}
	}
	return ""
}

var mistakes = []struct {
	what string
	made func(string) bool
}{
	{"begins or ends with white space", func(s string) bool { return strings.TrimFunc(s, isBlank) != s }},
	{"has a line end or a character that does not print in it", hasControl},
	{"is in quotes", isQuoted},
	{"is JSON: pass the one value of it that is the secret", isJSON},
	{"is a key in PEM", func(s string) bool { return strings.Contains(s, "-----BEGIN ") }},
	{"is a reference that was not resolved", isReference},
	{"is the name of a variable, not its value", isVariable},
	{"is an assignment: pass what follows the equals sign", isAssignment},
	{"is a list: put further secrets into Options.Secrets, one each", isList},
	{"is an API key or a token, not a signing secret", isToken},
}

// isBlank reports white space and what looks like none at all, such as the mark at the
// beginning of a file.
func isBlank(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) }

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool {
		return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || c == unicode.ReplacementChar
	})
}

// isQuoted wants a quotation mark on both sides: a generated secret may begin with one.
func isQuoted(s string) bool {
	for _, marks := range []string{`""`, `''`, "``", "“”", "„“", "«»", "‘’"} {
		open, shut := string([]rune(marks)[:1]), string([]rune(marks)[1:])
		for _, escape := range []string{"", `\`} {
			if len(s) >= len(escape+open+escape+shut) && strings.HasPrefix(s, escape+open) && strings.HasSuffix(s, escape+shut) {
				return true
			}
		}
	}
	return false
}

// isJSON reports an object or a list, also one in Python's spelling or cut short.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/create_secret.html
func isJSON(s string) bool {
	if (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
		return true
	}
	if s[0] != '{' && s[0] != '[' {
		return false
	}
	rest := strings.TrimLeft(s[1:], ` \`)
	return strings.HasPrefix(rest, `"`) && strings.Contains(rest[1:], `"`) || strings.HasPrefix(rest, `'`) && strings.Contains(rest[1:], `'`)
}

var references = []string{
	"arn:", "{{", "${", "$(", "#{", "resolve:", "ssm:", "secretsmanager:", "!Ref ", "!Sub ", "!GetAtt ", "!ImportValue ",
	"process.env.", "os.environ", "[object ",
}

// isReference reports what a template, a shell or an extension should have replaced.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func isReference(s string) bool {
	if hasAnyPrefix(s, references) || isPath(s) {
		return true
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if ok && rest != "" && !strings.ContainsFunc(scheme, func(c rune) bool { return isNotPlain(c) && c != '+' && c != '-' && c != '.' }) {
		return true
	}
	name, dollar := strings.CutPrefix(s, "$")
	return dollar && isName(name) || isWithin(s, "<", ">") || isWithin(s, "%", "%") && isName(s[1:len(s)-1])
}

func isWithin(s, open, shut string) bool {
	return len(s) > 2 && strings.HasPrefix(s, open) && strings.HasSuffix(s, shut) && !strings.ContainsAny(s[1:len(s)-1], open+shut)
}

// isName reports a name as environment variables have it.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' })
}

// Repeats reports letters only that repeat, such as changemechangeme or undefinedundefined: they
// were not generated.
func Repeats(s string) bool {
	if strings.ContainsFunc(s, func(c rune) bool { return (c|0x20) < 'a' || (c|0x20) > 'z' }) {
		return false
	}
	return len(s) > 0 && strings.Contains((s + s)[1:2*len(s)-1], s)
}

// isPath reports the name of a parameter of Systems Manager, such as /prod/app/secret. With
// digits in it, two of a million secrets of 16 characters in base64 would be one.
func isPath(s string) bool {
	return strings.HasPrefix(s, "/") && strings.Count(s, "/") > 1 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && !strings.ContainsRune("/-_.", c)
	})
}

func isVariable(s string) bool {
	return isName(s) && strings.Contains(s, "_") && (strings.Contains(s, "SECRET") || strings.Contains(s, "KEY") || strings.Contains(s, "TOKEN"))
}

func isAssignment(s string) bool {
	name, value, ok := strings.Cut(s, "=")
	name, exported := strings.CutPrefix(name, "export ")
	return ok && value != "" && value != "=" && isName(name) && (exported || strings.Contains(name, "_"))
}

// IsUTF16 reports ASCII in UTF-16, as some editors and shells of Windows save it.
func IsUTF16(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "\xff\xfe"), "\xfe\xff")
	text := strings.ReplaceAll(s, "\x00", "")
	return len(text) > 0 && len(text)*2 == len(s) && !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && !unicode.IsSpace(c) || c > '~' })
}

// minListed is the least number of characters of each secret in a list.
const minListed = 16

// isList reports several secrets that would each be long enough by themselves. A sentence
// with a comma is none.
func isList(s string) bool {
	if !strings.ContainsAny(s, ",;") {
		return false
	}
	for part := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == ',' || c == ';' }) {
		part = strings.TrimSpace(part)
		if len(part) < minListed || strings.ContainsFunc(part, func(c rune) bool { return isNotPlain(c) && !strings.ContainsRune("_-+/=", c) }) {
			return false
		}
	}
	return true
}

func isNotPlain(c rune) bool {
	return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// tokens begin what signs no webhook.
//
// Sources: https://docs.stripe.com/keys, https://docs.slack.dev/authentication/tokens,
// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats,
// https://shopify.dev/docs/apps/build/authentication-authorization,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var tokens = []string{
	"sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "sk_org_", "ek_live_", "ek_test_",
	"xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xapp-",
	"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_",
	"shpat_", "shpca_", "shppa_", "shpua_", "shptk_",
	"glpat-", "sk-proj-", "sk-ant-", "Bearer ", "Basic ",
}

func isToken(s string) bool {
	return hasAnyPrefix(s, tokens) || len(s) == 20 && isName(s) && hasAnyPrefix(s, awsKeys)
}

var awsKeys = []string{"AKIA", "ASIA"}

func hasAnyPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}
