package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

const documents = "https://github.com/customergate/customergate/blob/main/docs/"

// source is the Prometheus that the reader has chosen.
var source = common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}

func board() *dashboard.DashboardBuilder {
	b := dashboard.NewDashboardBuilder("customergate").
		Uid("customergate").
		Description("What customergate does before the customer service, and whether it can.").
		Tags([]string{"caddy", "customergate"}).
		Refresh("30s").
		Time("now-3h", "now").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Link(link("What each metric means", "metrics.md")).
		Link(link("What to do when an alert fires", "alerts.md")).
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Prometheus").Type("prometheus")).
		WithVariable(variable("instance", "Gateway", "label_values(caddy_customer_gate_build_info, instance)")).
		WithVariable(variable("endpoint", "Endpoint", "label_values(caddy_customer_gate_requests_total, endpoint)"))
	var id uint32
	for _, r := range rows {
		id++
		b = b.WithRow(dashboard.NewRowBuilder(r.title).Id(id))
		for _, p := range r.panels {
			id++
			b = b.WithPanel(p.build(id))
		}
	}
	return b
}

func link(title, document string) *dashboard.DashboardLinkBuilder {
	return dashboard.NewDashboardLinkBuilder(title).Type(dashboard.DashboardLinkTypeLink).Url(documents + document).TargetBlank(true)
}

func variable(name, label, query string) *dashboard.QueryVariableBuilder {
	return dashboard.NewQueryVariableBuilder(name).Label(label).Datasource(source).
		Query(dashboard.StringOrMap{String: &query}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Multi(true).IncludeAll(true).AllValue(".*")
}

// row is a heading with its panels.
type row struct {
	title  string
	panels []panel
}

// panel is a picture of some queries.
type panel struct {
	title, description string
	unit               string
	queries            []query
	state              *state // for a figure that is good or bad
	height, width      uint32 // defaults: 8 and 8, of 24
}

// query has $E for the chosen gateways and endpoints, $I for the gateways alone.
type query struct{ expression, legend string }

// state says from which value on a figure is bad; good figures are below, or above where
// the least value is the bad one.
type state struct {
	bad     float64
	least   bool
	nothing string // what stands there where there is no figure
}

var selectors = strings.NewReplacer("$E", `instance=~"$instance",endpoint=~"$endpoint"`, "$I", `instance=~"$instance"`)

// target is the i-th query of a panel.
func (q query) target(i int) *prometheus.DataqueryBuilder {
	return prometheus.NewDataqueryBuilder().RefId(string(rune('A' + i))).Datasource(source).Expr(selectors.Replace(q.expression)).LegendFormat(q.legend)
}

func (p panel) build(id uint32) cog.Builder[dashboard.Panel] {
	if p.height == 0 {
		p.height = 8
	}
	if p.width == 0 {
		p.width = 8
	}
	if p.state != nil {
		return p.figure(id)
	}
	b := timeseries.NewPanelBuilder().Id(id).Title(p.title).Description(p.description).Datasource(source).
		Unit(p.unit).Min(0).Height(p.height).Span(p.width).FillOpacity(10).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(true).DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom))
	for i, q := range p.queries {
		b = b.WithTarget(q.target(i).Exemplar(strings.Contains(q.expression, "histogram_quantile")))
	}
	return b
}

func (p panel) figure(id uint32) cog.Builder[dashboard.Panel] {
	low, high := "green", "red"
	if p.state.least {
		low, high = "red", "green"
	}
	b := stat.NewPanelBuilder().Id(id).Title(p.title).Description(p.description).Datasource(source).
		Unit(p.unit).Height(p.height).Span(p.width).NoValue(p.state.nothing).
		ColorMode(common.BigValueColorModeValue).GraphMode(common.BigValueGraphModeNone).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})).
		ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds)).
		Thresholds(dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).
			Steps([]dashboard.Threshold{{Color: low}, {Value: &p.state.bad, Color: high}}))
	for i, q := range p.queries {
		b = b.WithTarget(q.target(i))
	}
	return b
}
