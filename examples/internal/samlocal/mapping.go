package samlocal

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// addMapping maps the stream of a table.
func addMapping(fn *lambdalocal.Function, p *object) error {
	client := dynamodbstreams.NewFromConfig(p.stack.config)
	return fn.MapStream(lambdalocal.DynamoDBStream(client, p.text("Stream")), func(o *lambdalocal.MappingOptions) {
		o.StartingPosition = lambdalocal.StartingPosition(p.text("StartingPosition"))
		o.BatchSize = p.number("BatchSize", o.BatchSize)
		o.ParallelizationFactor = p.number("ParallelizationFactor", o.ParallelizationFactor)
		o.MaximumRetryAttempts = p.number("MaximumRetryAttempts", o.MaximumRetryAttempts)
		if p.has("MaximumRecordAgeInSeconds") {
			p.seconds("MaximumRecordAgeInSeconds", &o.MaximumRecordAge)
		}
		p.seconds("MaximumBatchingWindowInSeconds", &o.MaximumBatchingWindow)
		o.BisectBatchOnFunctionError = p.truth("BisectBatchOnFunctionError")
		o.ReportBatchItemFailures = slices.Equal(p.texts("FunctionResponseTypes"), []string{"ReportBatchItemFailures"})
		o.FilterCriteria = patterns(p.object("FilterCriteria"))
		if p.has("DestinationConfig") {
			o.OnFailure = onFailure(p.object("DestinationConfig")).sendFailure
		}
	})
}

func patterns(criteria *object) (patterns []string) {
	for _, n := range criteria.list("Filters") {
		f := criteria.stack.object(criteria.at("Filters"), n)
		patterns = append(patterns, f.text("Pattern"))
		f.done()
	}
	criteria.done()
	return patterns
}

func onFailure(destinations *object) *Queue {
	d := destinations.object("OnFailure")
	d.want("Type", "SQS")
	queue := d.target("Destination")
	d.done()
	destinations.done()
	return queue
}
