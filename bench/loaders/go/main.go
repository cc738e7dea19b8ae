// A CUR 2.0 loader as people write one in Go: encoding/csv, a map a row, and go-elasticsearch's BulkIndexer.
//
//	loader URL INDEX ROOT FILE.csv.gz...     prints {"documents": N} when all are acknowledged
//
// It fills the fields that billow fills for the same row, with floats where billow keeps decimals, and makes no
// control totals, no slices and no second pass.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/elastic/go-elasticsearch/v8"
	"github.com/elastic/go-elasticsearch/v8/esutil"
)

type row map[string]string
type document map[string]any

var texts = map[string]string{
	"BillingAccountId": "bill_payer_account_id", "BillingAccountName": "bill_payer_account_name",
	"BillingCurrency": "line_item_currency_code", "PricingCurrency": "line_item_currency_code",
	"InvoiceId": "bill_invoice_id", "ChargeDescription": "line_item_line_item_description",
	"SubAccountId": "line_item_usage_account_id", "SubAccountName": "line_item_usage_account_name",
	"AvailabilityZone": "line_item_availability_zone", "SkuId": "product_sku",
	"SkuMeter": "line_item_usage_type", "InvoiceIssuerName": "bill_invoicing_entity",
	"x_LineItemType": "line_item_line_item_type", "x_BillType": "bill_bill_type",
	"x_ServiceCode": "line_item_product_code", "x_UsageType": "line_item_usage_type",
	"x_Operation": "line_item_operation", "x_LegalEntity": "line_item_legal_entity",
	"x_TaxType": "line_item_tax_type", "x_LineItemId": "identity_line_item_id",
	"x_IdentityTimeInterval": "identity_time_interval", "x_CostCategories": "cost_category",
	"x_PricingTerm": "pricing_term", "x_ProductProductFamily": "product_product_family",
}
var covered = map[string]string{
	"SavingsPlanCoveredUsage": "savings_plan_savings_plan_effective_cost",
	"DiscountedUsage":         "reservation_effective_cost",
}
var fees = map[string]string{
	"RIFee": "Recurring", "SavingsPlanRecurringFee": "Recurring", "SavingsPlanUpfrontFee": "One-Time", "Fee": "One-Time",
}
var services, regions, units map[string][]string

func table(root, name string) map[string][]string {
	file, err := os.Open(filepath.Join(root, "ingest", "aws", name+".csv"))
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	out := map[string][]string{}
	for _, line := range lines {
		out[line[0]] = line[1:]
	}
	return out
}

func number(text string) float64 {
	value, _ := strconv.ParseFloat(text, 64)
	return value
}

func instant(text string) string { return strings.Replace(text, ".000Z", "Z", 1) }

func tags(text string, doc document) {
	var source map[string]string
	if text == "" || json.Unmarshal([]byte(text), &source) != nil {
		return
	}
	out, pairs := document{}, make([]string, 0, len(source))
	for key, value := range source {
		if strings.HasPrefix(key, "user_") || strings.HasPrefix(key, "user:") {
			key = key[5:]
		} else if strings.HasPrefix(key, "aws_") {
			key = "aws:" + key[4:]
		}
		if value == "" {
			out[key] = true
		} else {
			out[key] = value
		}
		pairs = append(pairs, key+"="+value)
	}
	doc["Tags"], doc["x_Tags"] = out, pairs
}

func details(r row) document {
	var product map[string]string
	if r["product"] != "" {
		_ = json.Unmarshal([]byte(r["product"]), &product)
	}
	out := document{}
	if r["product_instance_type"] != "" {
		out["InstanceType"] = r["product_instance_type"]
	}
	if product["operating_system"] != "" {
		out["OperatingSystem"] = product["operating_system"]
	}
	if product["storage_class"] != "" {
		out["StorageClass"] = product["storage_class"]
	}
	if cores, err := strconv.Atoi(product["vcpu"]); err == nil {
		out["CoreCount"] = cores
	}
	return out
}

func prices(r row, doc document, kind string, quantity, listed, contracted float64) {
	unit := r["pricing_unit"]
	if known, ok := units[unit]; ok {
		unit = known[0]
	}
	doc["SkuPriceId"] = r["pricing_rate_code"]
	doc["PricingQuantity"], doc["ConsumedQuantity"] = quantity, quantity
	doc["PricingUnit"], doc["ConsumedUnit"] = unit, unit
	doc["ListUnitPrice"], doc["PricingCurrencyListUnitPrice"] = listed/quantity, listed/quantity
	doc["ContractedUnitPrice"], doc["PricingCurrencyContractedUnitPrice"] = contracted/quantity, contracted/quantity
	doc["PricingCategory"] = "Standard"
	if _, ok := covered[kind]; ok {
		doc["PricingCategory"] = "Committed"
	} else if strings.Contains(r["line_item_usage_type"], "Spot") {
		doc["PricingCategory"] = "Dynamic"
	}
	if d := details(r); len(d) > 0 {
		doc["SkuPriceDetails"] = d
	}
}

func unused(r row, kind string) float64 {
	switch kind {
	case "SavingsPlanRecurringFee":
		return number(r["savings_plan_total_commitment_to_date"]) - number(r["savings_plan_used_commitment"])
	case "RIFee":
		return number(r["reservation_unused_amortized_upfront_fee_for_billing_period"]) + number(r["reservation_unused_recurring_fee"])
	}
	return 0
}

func documents(r row) []document {
	kind := r["line_item_line_item_type"]
	if kind == "SavingsPlanNegation" {
		return nil
	}
	cost, quantity := number(r["line_item_unblended_cost"]), number(r["line_item_usage_amount"])
	billed, effective, contracted, listed := cost, cost, cost, cost
	plan, reservation := r["savings_plan_savings_plan_a_r_n"], r["reservation_reservation_a_r_n"]
	arn := plan
	if arn == "" {
		arn = reservation
	}
	doc := document{}
	for name, column := range texts {
		if r[column] != "" {
			doc[name] = r[column]
		}
	}
	code := r["line_item_product_code"]
	if code == "" {
		code = r["product_servicecode"]
	}
	service, ok := services[code]
	if !ok {
		service = []string{code, "Other", "Other (Other)"}
	}
	doc["ServiceName"], doc["ServiceCategory"], doc["ServiceSubcategory"] = service[0], service[1], service[2]
	doc["@timestamp"] = instant(r["line_item_usage_start_date"])
	doc["ChargePeriodStart"] = instant(r["line_item_usage_start_date"])
	doc["ChargePeriodEnd"] = instant(r["line_item_usage_end_date"])
	doc["BillingPeriodStart"] = instant(r["bill_billing_period_start_date"])
	doc["BillingPeriodEnd"] = instant(r["bill_billing_period_end_date"])
	doc["BillingAccountType"], doc["SubAccountType"] = "AWS Payer Account", "AWS Account"
	doc["ServiceProviderName"], doc["HostProviderName"] = "AWS", "AWS"
	if r["bill_billing_entity"] == "AWS Marketplace" {
		doc["ServiceProviderName"] = r["line_item_legal_entity"]
	}
	doc["ChargeCategory"], doc["ChargeFrequency"] = "Usage", "Usage-Based"
	doc["x_UnblendedCost"], doc["x_BlendedCost"] = cost, number(r["line_item_blended_cost"])
	if region := r["product_region_code"]; region != "" && region != "global" {
		doc["RegionId"], doc["RegionName"] = region, region
		if known, ok := regions[region]; ok {
			doc["RegionName"] = known[0]
		}
	}
	tags(r["resource_tags"], doc)
	if resource := r["line_item_resource_id"]; resource != "" {
		doc["ResourceId"], doc["ResourceType"] = resource, "Other"
		if strings.HasPrefix(resource, "i-") {
			doc["ResourceType"] = "ec2 instance"
		}
		if own, ok := doc["Tags"].(document); ok && own["name"] != nil {
			doc["ResourceName"] = own["name"]
		}
	}
	if kind == "Credit" || kind == "Tax" {
		doc["ChargeCategory"], doc["ChargeFrequency"] = kind, "One-Time"
	} else if frequency, ok := fees[kind]; ok {
		doc["ChargeCategory"], doc["ChargeFrequency"] = "Purchase", frequency
		if arn != "" {
			effective = 0
			doc["ResourceId"] = arn
		}
	} else {
		if rate := r["pricing_public_on_demand_rate"]; rate != "" {
			listed = number(rate) * quantity
		}
		if column, ok := covered[kind]; ok {
			billed, contracted, effective = 0, listed, number(r[column])
			doc["CommitmentDiscountStatus"] = "Used"
		}
		if r["pricing_rate_code"] != "" && r["product_sku"] != "" && quantity != 0 {
			prices(r, doc, kind, quantity, listed, contracted)
		}
	}
	doc["BilledCost"], doc["EffectiveCost"], doc["ContractedCost"], doc["ListCost"] = billed, effective, contracted, listed
	doc["PricingCurrencyEffectiveCost"] = effective
	if arn != "" {
		doc["CommitmentDiscountId"] = arn
		doc["CommitmentDiscountName"] = arn[strings.LastIndex(arn, "/")+1:]
		doc["CommitmentDiscountCategory"], doc["CommitmentDiscountType"] = "Usage", "Reserved Instance"
		if plan != "" {
			doc["CommitmentDiscountCategory"], doc["CommitmentDiscountType"] = "Spend", "Savings Plan"
		}
	}
	left := unused(r, kind)
	if left == 0 {
		return []document{doc}
	}
	rest := document{}
	for name, value := range doc {
		rest[name] = value
	}
	rest["ChargeCategory"], rest["ChargeFrequency"], rest["CommitmentDiscountStatus"] = "Usage", "Usage-Based", "Unused"
	rest["BilledCost"], rest["ContractedCost"], rest["ListCost"] = 0, 0, 0
	rest["EffectiveCost"], rest["PricingCurrencyEffectiveCost"] = left, left
	return []document{doc, rest}
}

func read(path string, each func(int, row)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	reader := csv.NewReader(plain)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return err
	}
	header = append([]string(nil), header...)
	for line := 0; ; line++ {
		record, err := reader.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r := make(row, len(header))
		for i, name := range header {
			if record[i] != "" {
				r[name] = record[i]
			}
		}
		each(line, r)
	}
}

func main() {
	url, index, root, files := os.Args[1], os.Args[2], os.Args[3], os.Args[4:]
	services, regions, units = table(root, "services"), table(root, "regions"), table(root, "units")
	client, err := elasticsearch.NewClient(elasticsearch.Config{Addresses: []string{url}, RetryOnStatus: []int{429, 502, 503, 504}, MaxRetries: 5})
	if err != nil {
		log.Fatal(err)
	}
	var refused atomic.Pointer[string]
	indexer, err := esutil.NewBulkIndexer(esutil.BulkIndexerConfig{
		Client: client, Index: index, NumWorkers: 2, FlushBytes: 5_000_000, FlushInterval: 30 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, path := range files {
		err = read(path, func(line int, r row) {
			for part, doc := range documents(r) {
				doc["x_FeedId"], doc["x_SliceId"] = "bench", doc["@timestamp"].(string)[:10]
				body, err := json.Marshal(doc)
				if err != nil {
					log.Fatal(err)
				}
				err = indexer.Add(ctx, esutil.BulkIndexerItem{
					Action: "create", DocumentID: fmt.Sprintf("%s:%d:%d", filepath.Base(path), line, part), Body: bytes.NewReader(body),
					OnFailure: func(_ context.Context, _ esutil.BulkIndexerItem, answer esutil.BulkIndexerResponseItem, err error) {
						why := fmt.Sprint(answer.Error.Reason, err)
						refused.Store(&why)
					},
				})
				if err != nil {
					log.Fatal(err)
				}
			}
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	if err = indexer.Close(ctx); err != nil {
		log.Fatal(err)
	}
	if why := refused.Load(); why != nil {
		log.Fatal("refused: ", *why)
	}
	fmt.Printf("{\"documents\": %d}\n", indexer.Stats().NumFlushed)
}
