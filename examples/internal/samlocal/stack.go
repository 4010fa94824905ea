// Package samlocal deploys a SAM template to a lambdalocal.Local, so that a test runs
// what the template says: tables, functions with their environment and concurrency,
// stream mappings with their filters, schedules, and dead-letter queues.
//
// It knows what the templates of the examples use. A property that it does not know is
// an error that names it, so that no test passes without it.
package samlocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.yaml.in/yaml/v3"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// Options configures Deploy.
type Options struct {
	Parameters map[string]string
	Programs   string    // the folder of the built programs, each named as its folder in CodeUri
	Env        []string  // added to each function's environment, such as the endpoint of the tables
	Output     io.Writer // what the programs print
	Without    []string  // events that are left out, such as "Work.Stream": triggers that are lost
}

// Stack is a deployed template.
type Stack struct {
	ctx     context.Context
	local   *lambdalocal.Local
	config  aws.Config
	options Options

	resources map[string]*resource
	functions map[string]*lambdalocal.Function
	tables    map[string]*table
	queues    map[string]*Queue
	errs      []error
}

// resource is a resource of the template.
type resource struct {
	kind       string
	name       string
	properties *object
}

// Deploy makes the resources of a template. The tables are those of the client that
// config describes; Close deletes them.
func Deploy(ctx context.Context, template []byte, local *lambdalocal.Local, config aws.Config, options Options) (*Stack, error) {
	s := &Stack{
		ctx: ctx, local: local, config: config, options: options,
		resources: map[string]*resource{}, functions: map[string]*lambdalocal.Function{},
		tables: map[string]*table{}, queues: map[string]*Queue{},
	}
	var document yaml.Node
	if err := yaml.Unmarshal(template, &document); err != nil {
		return nil, fmt.Errorf("samlocal: %w", err)
	}
	s.read(s.object("", document.Content[0]))
	for _, deploy := range []func(string, *resource){s.addTable, s.addQueue, s.addFunction, s.addEvents} {
		for _, name := range s.names() {
			deploy(name, s.resources[name])
		}
	}
	for _, r := range s.resources {
		r.properties.done()
	}
	return s, errors.Join(s.errs...)
}

// read finds the resources. Outputs are for people.
func (s *Stack) read(template *object) {
	template.ignore("AWSTemplateFormatVersion", "Description", "Outputs")
	if transform := template.text("Transform"); transform != "AWS::Serverless-2016-10-31" {
		s.failed("Transform", "is %q", transform)
	}
	s.checkParameters(template.object("Parameters"))
	globals := template.object("Globals")
	function := globals.object("Function")
	globals.done()
	for name, r := range template.object("Resources").objects() {
		s.resources[name] = s.resource(name, r)
		if s.resources[name].kind == functionType {
			s.resources[name].properties.inherit(function)
		}
	}
	template.done()
}

func (s *Stack) resource(id string, o *object) *resource {
	o.ignore("Metadata", "DeletionPolicy", "UpdateReplacePolicy")
	r := &resource{o.text("Type"), id, o.object("Properties")}
	o.done()
	if r.properties.has("FunctionName") {
		r.name = r.properties.text("FunctionName")
	}
	if !slices.Contains([]string{tableType, queueType, functionType}, r.kind) {
		s.failed(o.path, "the type %s is unknown", r.kind)
	}
	return r
}

func (s *Stack) checkParameters(declared *object) {
	for name := range declared.objects() {
		if _, ok := s.options.Parameters[name]; !ok {
			s.failed("Parameters."+name, "has no value")
		}
	}
}

func (s *Stack) names() []string {
	var names []string
	for name := range s.resources {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// failed adds an error about a place in the template.
func (s *Stack) failed(path, format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("samlocal: %s: %s", path, fmt.Sprintf(format, args...)))
}

// Function returns a function by its logical ID, or nil.
func (s *Stack) Function(name string) *lambdalocal.Function { return s.functions[name] }
