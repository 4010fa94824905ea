package samlocal

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

const functionType = "AWS::Serverless::Function"

// addFunction ignores the memory and the permissions: lambdalocal limits none, and checks
// none. Whether a policy names what there is, is for tools/template to check.
func (s *Stack) addFunction(name string, r *resource) {
	if r.kind != functionType {
		return
	}
	p := r.properties
	p.ignore("Architectures", "MemorySize", "Policies")
	p.want("Runtime", "provided.al2023")
	p.want("Handler", "bootstrap")
	program := lambdalocal.Executable{
		Path:   filepath.Join(s.options.Programs, filepath.Base(p.text("CodeUri"))),
		Env:    append(environment(p.object("Environment")), s.options.Env...),
		Output: s.options.Output,
	}
	fn, err := s.local.AddFunction(r.name, program, configure(p))
	if err != nil {
		s.failed(p.path, "%v", err)
		return
	}
	s.functions[name] = fn
}

func environment(o *object) (env []string) {
	variables := o.object("Variables")
	for _, name := range variables.names() {
		env = append(env, name+"="+variables.text(name))
	}
	o.done()
	return env
}

// configure reads what lambdalocal calls a function's options. A member that is missing
// keeps Lambda's default.
func configure(p *object) func(*lambdalocal.FunctionOptions) {
	return func(o *lambdalocal.FunctionOptions) {
		p.seconds("Timeout", &o.Timeout)
		o.ReservedConcurrency = p.number("ReservedConcurrentExecutions", o.ReservedConcurrency)
		if p.has("DeadLetterQueue") {
			dead := p.object("DeadLetterQueue")
			dead.want("Type", "SQS")
			o.DeadLetter = dead.target("TargetArn").sendDeadLetter
			dead.done()
		}
		invoke := p.object("EventInvokeConfig")
		o.MaximumRetryAttempts = invoke.number("MaximumRetryAttempts", o.MaximumRetryAttempts)
		invoke.seconds("MaximumEventAgeInSeconds", &o.MaximumEventAge)
		invoke.done()
		if p.has("FunctionUrlConfig") {
			url := p.object("FunctionUrlConfig")
			url.want("AuthType", "NONE")
			url.done()
		}
	}
}

func (o *object) seconds(name string, d *time.Duration) {
	*d = time.Duration(o.number(name, int(d.Seconds()))) * time.Second
}

// addEvents adds the triggers, when all functions are there.
func (s *Stack) addEvents(name string, r *resource) {
	if r.kind != functionType {
		return
	}
	for id, event := range r.properties.object("Events").objects() {
		properties, kind := event.object("Properties"), event.text("Type")
		event.done()
		if slices.Contains(s.options.Without, name+"."+id) || s.functions[name] == nil {
			continue
		}
		add, ok := map[string]func(*lambdalocal.Function, *object) error{
			"DynamoDB": addMapping, "Schedule": addRule, "ScheduleV2": addSchedule,
		}[kind]
		if !ok {
			s.failed(event.path, "the loader does not know the type %s", kind)
			continue
		}
		if err := add(s.functions[name], properties); err != nil {
			s.failed(event.path, "%v", err)
		}
		properties.done()
	}
}
