"""moto's server with its authentication on: it recomputes every signature and checks the policy of the key."""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

REGION = "eu-central-1"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class S3Emulator:
    # create_user, create_access_key and put_user_policy come before there is anyone to sign as.
    unsigned_actions = 3
    # Of a listing; S3 has 1000, which take a while to put.
    page_keys = 100

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(self.unsigned_actions),
                       "MOTO_S3_DEFAULT_MAX_KEYS": str(self.page_keys)}
        self.process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                                        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/moto-api/", timeout=5).close()
                break
            except OSError:
                assert self.process.poll() is None and time.monotonic() < until, "the S3 emulator did not start"
                time.sleep(0.1)
        iam = boto3.client("iam", endpoint_url=self.url, region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
        iam.create_user(UserName="billow")
        key = iam.create_access_key(UserName="billow")["AccessKey"]
        iam.put_user_policy(UserName="billow", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        self.access_key, self.secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        self.client = self.client_for("s3")
        return self

    def client_for(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=self.access_key,
                            aws_secret_access_key=self.secret_key, config=Config(s3={"addressing_style": "path"}))

    def make_bucket(self, name):
        self.client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def upload(self, bucket, folder, prefix=""):
        """Copies a folder into a bucket, manifests last, as AWS delivers."""
        files = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: (p.name.endswith("Manifest.json"), str(p)))
        for path in files:
            self.client.put_object(Bucket=bucket, Key=prefix + str(path.relative_to(folder)), Body=path.read_bytes())

    def make_role(self, name):
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        iam = self.client_for("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(POLICY))
        return role

    def credentials(self):
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
