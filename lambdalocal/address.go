package lambdalocal

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// address takes apart what API_Invoke allows as a FunctionName: a name, a
// partial ARN or an ARN, each with or without a version or alias.
var address = regexp.MustCompile(`^(?:(?:arn:aws[a-z-]*:lambda:([a-z0-9-]+):)?(\d{12}):function:)?([a-zA-Z0-9_-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$`)

// resolve finds the function that is addressed, and its ARN with the qualifier.
// Every qualifier is taken to exist.
func (l *Local) resolve(name, qualifier string) (fn *Function, arn, version string, err error) {
	parts := address.FindStringSubmatch(name)
	if parts == nil {
		return nil, "", "", notFound(name)
	}
	region, account, named := parts[1], parts[2], parts[4]
	if named != "" && qualifier != "" && named != qualifier {
		return nil, "", "", &types.InvalidParameterValueException{Message: aws.String(
			"The derived qualifier from the function name does not match the specified qualifier.")}
	}
	fn = l.function(parts[3])
	if fn == nil || !l.isHome(region, account) {
		return nil, "", "", notFound(name)
	}
	if named == "" {
		named = qualifier
	}
	return fn, qualified(fn.ARN(), named), versionOf(named), nil
}

func (l *Local) isHome(region, account string) bool {
	return (region == "" || region == l.options.Region) && (account == "" || account == l.options.AccountID)
}

func qualified(arn, qualifier string) string {
	if qualifier == "" {
		return arn
	}
	return arn + ":" + qualifier
}

func versionOf(qualifier string) string {
	if qualifier == "" {
		return "$LATEST"
	}
	return qualifier
}

func notFound(name string) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf("Function not found: %s", name))}
}
