"""What the generated company runs: accounts, teams, and the things it pays AWS for. All of it is invented."""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Account:
    id: str
    name: str
    team: str
    environment: str
    region: str
    unit: str


PAYER = ("012345678901", "Heliograph Holding")
ACCOUNTS = [
    Account("111122223333", "storefront-prod", "storefront", "prod", "eu-west-1", "Retail"),
    Account("111122224444", "storefront-stage", "storefront", "stage", "eu-west-1", "Retail"),
    Account("222233334444", "payments-prod", "payments", "prod", "eu-central-1", "Retail"),
    Account("000000000042", "data-lake", "data", "prod", "us-east-1", "Platform"),
    Account("333344445555", "ml-research", "research", "dev", "us-west-2", "Labs"),
    Account("444455556666", "platform-shared", "platform", "prod", "us-east-1", "Platform"),
    Account("555566667777", "mobile-backend", "mobile", "prod", "us-east-1", "Retail"),
    Account("666677778888", "sandbox", "everyone", "dev", "eu-west-1", "Labs"),
]

# Which account has resource number n: large ones come up more often.
SPREAD = [0, 2, 3, 5, 0, 6, 4, 0, 3, 2, 1, 0, 5, 3, 6, 2, 0, 4, 7]


@dataclass(frozen=True)
class Sku:
    code: str
    usage_type: str
    operation: str
    unit: str
    rate: str  # public price of one unit
    low: float  # amount used in an hour, from
    high: float  # to
    resource: str  # pattern of the id
    description: str
    servicecode: str = ""
    family: str = ""
    instance: str = ""
    product: dict = field(default_factory=dict)
    zone: bool = False
    office: bool = False  # less of it at weekends, a little more every day
    plan_rate: str = ""  # price of one unit under a savings plan
    reserved_rate: str = ""  # amortised price of one unit under a reservation


# fmt: off
LINUX = {"operating_system": "Linux", "tenancy": "Shared"}
EC2 = {"product_name": "Amazon Elastic Compute Cloud"}
M5L = Sku("AmazonEC2", "BoxUsage:m5.large", "RunInstances", "Hrs", "0.0960000000", 1, 1, "i-{serial:017x}",
          "$0.096 per On Demand Linux m5.large Instance Hour", "AmazonEC2", "Compute Instance", "m5.large",
          EC2 | LINUX | {"vcpu": "2", "memory": "8 GiB"}, True, False, "0.0690000000", "0.0605000000")
C5X = Sku("AmazonEC2", "BoxUsage:c5.xlarge", "RunInstances", "Hrs", "0.1700000000", 0.1, 1, "i-{serial:017x}",
          "$0.17 per On Demand Linux c5.xlarge Instance Hour", "AmazonEC2", "Compute Instance", "c5.xlarge",
          EC2 | LINUX | {"vcpu": "4", "memory": "8 GiB"}, True, True, "0.1240000000", "0.1070000000")
SPOT = Sku("AmazonEC2", "SpotUsage:c5.2xlarge", "RunInstances:SV042", "Hrs", "0.3400000000", 0.1, 1, "i-{serial:017x}",
           "c5.2xlarge Linux/UNIX Spot Instance-hour", "AmazonEC2", "Compute Instance", "c5.2xlarge",
           EC2 | LINUX | {"vcpu": "8"}, True, True)
RDS = Sku("AmazonRDS", "InstanceUsage:db.r5.large", "CreateDBInstance:0014", "Hrs", "0.2500000000", 1, 1,
          "arn:aws:rds:{region}:{account}:db:{team}-{number}", "$0.25 per db.r5.large Single-AZ instance hour running PostgreSQL",
          "AmazonRDS", "Database Instance", "db.r5.large", {"product_name": "Amazon Relational Database Service", "vcpu": "2"},
          False, False, "", "0.1610000000")
SKUS = {
    "m5": M5L,
    "c5": C5X,
    "spot": SPOT,
    "rds": RDS,
    "ebs": Sku("AmazonEC2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "GB-Mo", "0.0800000000", 0.01, 0.7, "vol-{serial:017x}",
               "$0.08 per GB-month of General Purpose (gp3) provisioned storage", "AmazonEC2", "Storage", "", EC2),
    "nat": Sku("AmazonEC2", "NatGateway-Bytes", "NatGateway", "GB", "0.0450000000", 0.001, 9, "arn:aws:ec2:{region}:{account}:natgateway/nat-{serial:017x}",
               "$0.045 per GB Data Processed by NAT Gateways", "AmazonEC2", "NAT Gateway", "", EC2, False, True),
    "egress": Sku("AmazonEC2", "DataTransfer-Out-Bytes", "RunInstances", "GB", "0.0900000000", 0.0000001, 3, "i-{serial:017x}",
                  "$0.090 per GB - first 10 TB / month data transfer out beyond the global free tier", "AWSDataTransfer", "Data Transfer", "",
                  {"product_name": "AWS Data Transfer"}, False, True),
    "regional": Sku("AmazonEC2", "DataTransfer-Regional-Bytes", "InterZone-Out", "GB", "0.0100000000", 0.0000000009, 2, "i-{serial:017x}",
                    "$0.010 per GB - regional data transfer - in/out/between EC2 AZs or using elastic IPs or ELB", "AWSDataTransfer", "Data Transfer", "",
                    {"product_name": "AWS Data Transfer"}),
    "s3": Sku("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "GB-Mo", "0.0230000000", 0.01, 14, "{team}-assets-{number}",
              "$0.023 per GB - first 50 TB / month of storage used", "AmazonS3", "Storage", "", {"product_name": "Amazon Simple Storage Service", "storage_class": "General Purpose"}),
    "put": Sku("AmazonS3", "Requests-Tier1", "PutObject", "Requests", "0.0000050000", 1, 90000, "{team}-assets-{number}",
               "$0.005 per 1,000 PUT, COPY, POST, or LIST requests", "AmazonS3", "API Request", "", {"product_name": "Amazon Simple Storage Service"}, False, True),
    "get": Sku("AmazonS3", "Requests-Tier2", "GetObject", "Requests", "0.0000004000", 1, 400000, "{team}-assets-{number}",
               "$0.004 per 10,000 GET and all other requests", "AmazonS3", "API Request", "", {"product_name": "Amazon Simple Storage Service"}, False, True),
    "lambda": Sku("AWSLambda", "Lambda-GB-Second", "Invoke", "Lambda-GB-Second", "0.0000166667", 0.000001, 4000, "arn:aws:lambda:{region}:{account}:function:{team}-worker-{number}",
                  "AWS Lambda - Total Compute", "AWSLambda", "Serverless", "", {"product_name": "AWS Lambda"}, False, True),
    "invoke": Sku("AWSLambda", "Request", "Invoke", "Requests", "0.0000002000", 1, 80000, "arn:aws:lambda:{region}:{account}:function:{team}-worker-{number}",
                  "AWS Lambda - Total Requests", "AWSLambda", "Serverless", "", {"product_name": "AWS Lambda"}, False, True),
    "cdn": Sku("AmazonCloudFront", "US-DataTransfer-Out-Bytes", "GET", "GB", "0.0850000000", 0.0001, 9, "arn:aws:cloudfront::{account}:distribution/E{serial:013X}",
               "$0.085 per GB - first 10 TB / month data transfer out", "AmazonCloudFront", "Data Transfer", "", {"product_name": "Amazon CloudFront"}, False, True),
    "eks": Sku("AmazonEKS", "AmazonEKS-Hours:perCluster", "CreateOperation", "Hrs", "0.1000000000", 1, 1, "arn:aws:eks:{region}:{account}:cluster/{team}-{number}",
               "Amazon EKS cluster usage", "AmazonEKS", "Compute", "", {"product_name": "Amazon Elastic Container Service for Kubernetes"}),
    "dynamo": Sku("AmazonDynamoDB", "WriteRequestUnits", "PayPerRequestThroughput", "WriteRequestUnits", "0.0000012500", 1, 70000,
                  "arn:aws:dynamodb:{region}:{account}:table/{team}-{number}", "$1.25 per million write request units", "AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput", "",
                  {"product_name": "Amazon DynamoDB"}, False, True),
    "logs": Sku("AmazonCloudWatch", "DataProcessing-Bytes", "PutLogEvents", "GB", "0.5000000000", 0.00001, 0.5, "arn:aws:logs:{region}:{account}:log-group:/svc/{team}",
                "$0.50 per GB custom log data ingested", "AmazonCloudWatch", "Data Payload", "", {"product_name": "AmazonCloudWatch"}, False, True),
    "kms": Sku("awskms", "KMS-Requests", "Decrypt", "Requests", "0.0000030000", 1, 3000, "arn:aws:kms:{region}:{account}:key/{serial:032x}",
               "$0.03 per 10,000 requests", "awskms", "Encryption Key", "", {"product_name": "AWS Key Management Service"}),
    "free": Sku("AmazonSNS", "Requests-Free", "Publish", "Requests", "0.0000000000", 1, 500, "arn:aws:sns:{region}:{account}:{team}",
                "First 1,000,000 Amazon SNS API Requests per month are free", "AmazonSNS", "API Request", "", {"product_name": "Amazon Simple Notification Service"}),
    "market": Sku("4zxw8vdm2k7q9r1n5t3b", "SoftwareUsage:m5.large", "Hourly", "Hrs", "0.0700000000", 1, 1, "i-{serial:017x}",
                  "Hourly software fee: Edge Firewall", "4zxw8vdm2k7q9r1n5t3b", "Software", "m5.large", {"product_name": "Edge Firewall", "vendor": "Firewall Makers, Ltd."}),
}
# fmt: on

# (SKU, how it is bought). Resource number n is MIX[n % len(MIX)].
MIX = [
    ("m5", "plan"), ("ebs", "list"), ("s3", "list"), ("lambda", "list"), ("c5", "list"), ("rds", "reserved"), ("put", "list"), ("egress", "list"),
    ("c5", "plan"), ("ebs", "list"), ("get", "list"), ("invoke", "list"), ("spot", "spot"), ("eks", "list"), ("cdn", "list"), ("regional", "list"),
    ("m5", "reserved"), ("nat", "list"), ("dynamo", "list"), ("logs", "list"), ("m5", "list"), ("kms", "list"), ("ebs", "list"), ("rds", "list"),
    ("c5", "plan"), ("s3", "list"), ("free", "list"), ("market", "list"),
]  # fmt: skip

SELLER = "Firewall Makers, Ltd."
NASTY_TEXTS = [
    'Größe "XL", 東京 🚀',
    "two\nlines, and\r\na third",
    '"quoted from end to end"',
    "tab\there; semicolon; pipe | backslash \\ slash /",
    "naïve café — Ελληνικά עברית русский",
    "comma, comma,,, and 'single' quotes",
    " blanks at both ends ",
    "=SUM(A1:A9)",
    'ends with a quote"',
    "e\u0301 combining, zero\u200bwidth, \U0001f469\u200d\U0001f52c",
]
NASTY_TAGS = [
    {"user_name": 'Köln, "Nord"', "user_note": "line one\nline two", "user_backup": ""},
    {"user_json": json.dumps({"a": {"b": [1, 2, {"c": 'd"e'}]}}), "user_owner": "Zoë\\Müller"},
    {"user:cost-center": "0042", "user:team": "a=b=c", "aws_created_by": "AssumedRole:AROA:i-1"},
    {"user_emoji": "🚀🚀", "user_long": "x" * 256, "user_null": None},
    {},
]
