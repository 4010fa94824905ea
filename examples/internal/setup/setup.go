// Package setup reads how a function is configured. Its helpers end the process when
// that is wrong: Lambda then reports the line as an initialisation error.
package setup

import (
	"cmp"
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Config returns the SDK's configuration of the environment.
func Config() aws.Config {
	return Must(config.LoadDefaultConfig(context.Background()))
}

// Env returns the environment variable called name, which must be set.
func Env(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("the environment variable %s is not set", name)
	}
	return v
}

// EnvOr returns the environment variable called name, or otherwise when it is not set.
func EnvOr(name, otherwise string) string {
	return cmp.Or(os.Getenv(name), otherwise)
}

// Must returns v unless there was an error.
func Must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
