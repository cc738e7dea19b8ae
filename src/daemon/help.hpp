#pragma once

/// The texts of `billow --help` that CLI11 cannot know: what each command is for, and examples.
namespace billow::daemon::help {

inline constexpr const char* about =
    "Billow keeps Elasticsearch holding exactly what your cloud providers last billed: it pulls "
    "cost\n"
    "exports, turns each line into a FOCUS 1.4 charge and publishes whole deliveries at once.\n";

inline constexpr const char* program =
    R"(A first month, step by step:
  billow check -c billow.yml      is the file right, what would be pulled, does Elasticsearch answer?
  billow sync -c billow.yml       pull and publish everything once
  billow report                   cost by service, exact to the last digit
  billow serve -c billow.yml      stay and keep it current; /metrics on 127.0.0.1:9464

A configuration:
  elasticsearch:
    url: http://127.0.0.1:9200
  feeds:
    - id: aws-main                       # your name for it
      kind: aws/cur2                     # or aws/focus
      location: s3://my-bucket/exports   # or file:///folder, a copy of the bucket
      export: main                       # the export's name
Every key is described in billow.example.yml.

Without -c the file is $BILLOW_CONFIG, ./billow.yml or /etc/billow/billow.yml.
Results go to standard output, everything else to standard error.
Exit codes: 0 done; 1 something failed; 2 wrong command line or configuration; 128+n stopped by signal n.
'billow COMMAND --help' tells more about each command.)";

inline constexpr const char* check =
    R"(Reads the configuration and reports all that is wrong with it at once; then looks, changing nothing,
what each feed has and what Elasticsearch says. Exit codes: 0 all well; 1 a feed or Elasticsearch cannot be
used as configured; 2 the configuration is wrong.

  billow check                           ./billow.yml, the feeds and Elasticsearch
  billow check --offline -c new.yml      just the file, e.g. before it is rolled out)";

inline constexpr const char* setup =
    R"(Installs the index templates Billow needs, or upgrades those an older version left, and adds fields that
are new to the indices of Billow's own records. Can be repeated at any time; what a newer version installed
is left alone. 'sync' and 'serve' do it themselves unless the configuration says 'setup: manual'.

  billow setup --dry-run                 show each step and what it changes, and do none
  billow setup --roles                   install the roles billow_setup, billow_writer, billow_reader and
                                         billow_auditor too (needs the privilege manage_security)
  billow setup --output requests         write the requests into files, for those who send them themselves;
                                         needs no cluster
  billow setup --downgrade               put this version in the place of later ones, within the same major
                                         version
  billow setup --take-over               replace templates, policy and roles of our names that Billow did not
                                         make; without it they stop the setup before anything is changed
  billow setup --remove                  delete templates and policy, and with --roles the roles; never an
                                         index, and no policy that indices use)";

inline constexpr const char* sync =
    R"(One pass: looks for new deliveries, loads what changed, verifies it inside Elasticsearch and publishes it
in one step. Readers see the old figures or the new, never a mixture; repeating it is always safe.
Exit codes: 0 everything is published or unchanged; 1 a feed failed or was withheld, or a delivery has been
without its manifest for a day.

  billow sync                                    every feed, every period
  billow sync --feed aws-main --period 2026-06   one month of one feed
  billow sync --from 2025-07 --to 2026-06        a range of months, oldest first; run it again to go on
                                                 after an interruption: what is published is not read again
  billow sync --period 2026-06 --force           load a month again though nothing in it has changed
A delivery with lines that cannot become charges is withheld unless its feed says 'dead_letters: publish'.
A feed that a daemon works on at the moment is waited for; the log names who holds it.)";

inline constexpr const char* serve =
    R"(The daemon: each feed on its own schedule ('every:', by default an hour, or six for Elastic Cloud), the
first pass at once.
SIGTERM stops it cleanly, SIGHUP reads the configuration again and keeps the old one if the new is wrong.
Any number of daemons share the feeds of one configuration: each feed is worked on by one of them, and a
dead or silent one is taken over ('lease:').

  billow serve -c /etc/billow/billow.yml

  /metrics      for Prometheus
  /-/healthy    200 while the program runs
  /-/ready      200 once Elasticsearch answers and holds what is needed, else 503 with the reason)";

inline constexpr const char* report =
    R"(Cost as readers of the index see it now. Totals are exact: they come from the control totals of what is
visible; days and months are exact too, other groups are added up by Elasticsearch and compared with them.
Currencies are never added to each other. Exit codes: 0; 1 these figures do not fit what is visible, and why is
told on standard error.

  billow report                                  by service, everything there is
  billow report --by day --period 2026-06        a month, day by day
  billow report --by account --top 10            the ten largest accounts and the rest
  billow report --cost EffectiveCost --format csv > june.csv

--by provider   ServiceProviderName       --by category   ChargeCategory: usage, purchase, tax, credit
--by service    ServiceName               --by region     RegionName
--by account    SubAccountId and name     --by day, month when the charge period starts, in UTC)";

inline constexpr const char* dead_letters =
    R"(Lines of the newest statements that could not become charges, with file, row, column and reason. A
delivery that has some is withheld, or published without them if its feed says 'dead_letters: publish'.
Exit codes: 0 listed, or none is left after --retry; 1 some are left, or something failed.

  billow dead-letters                                     what there is
  billow dead-letters --feed aws-main --format csv > lines.csv
  billow dead-letters --retry --period 2026-06            read these periods again: after the provider has
                                                          corrected them, an upgrade, or a change of policy)";

inline constexpr const char* audit =
    R"(Every publish is recorded in an append-only chain of records, each linked to the one before by its hash
(index billow-audit; docs/audit.md writes the form down). 'billow audit COMMAND --help' tells more.)";

inline constexpr const char* audit_verify =
    R"(Walks the whole chain and names every record that was altered, removed, reordered or added; then holds
what readers see, period by period, and the delivery records against the chain. Changes nothing.
With --deep it reads every visible charge, adds up its slice exactly and compares counts, sums and digests
with the chain; it reads the source's objects again, where they are still the ones that were loaded, and names
every charge that was altered, added or removed, with its _id and the columns that differ.
Exit codes: 0 proven; 1 something does not fit, or could not be looked at; 2 wrong configuration.

  billow audit verify                            everything
  billow audit verify --feed aws-main            the whole chain, and what is visible of one feed
  billow audit verify --deep --period 2026-06    and every charge of a month
  billow audit verify --anchor 412:9f86d081...   and record 412 must still have this hash: note down the end of
                                                 the chain now and then, somewhere Elasticsearch's
                                                 administrators cannot write)";

inline constexpr const char* audit_show =
    R"(Tells from the audit chain how a figure came to be what it is: every publish of a period, when it was
recorded, from which manifest, what readers see since and by how much that moved it. Amounts are exact.
With --day the figure is one charge day's, and only publishes that changed it are told.
Exit codes: 0 told; 1 a record is not as it was written; 2 wrong command line or configuration.

  billow audit show --feed aws-main --period 2026-06
  billow audit show --feed aws-main --period 2026-06 --day 2026-06-03 --cost EffectiveCost
  billow audit show --period 2026-06 --format json        with every object's key, size and ETag)";

inline constexpr const char* reconcile =
    R"(Who says what of a period, by currency, and by how much they differ: the provider's newest statement (where
the source still has it), the audit chain, the charges and the rollups that readers see, and an invoice.
All four costs are compared, exactly; --cost is the one the table shows. Rollups hold what Elasticsearch added
up as doubles, so they may be off by 1e-14 of the amounts behind a sum, and no more. An invoice is compared with
the BilledCost of everything asked for, rounded to the invoice's own places: 18234.1700 asks for more than
18234.17 does. A provider that no longer has a period is a problem; --no-source leaves all providers out.
Exit codes: 0 everything agrees; 1 something differs or could not be compared; 2 wrong command line or
configuration.

  billow reconcile --period 2026-06
  billow reconcile --feed aws-main --period 2026-06 --invoice 18234.17 USD
  billow reconcile --no-source --format csv)";

inline constexpr const char* normalize =
    R"(For benchmarks and debugging: turns files into bulk bodies on standard output, without Elasticsearch,
and writes counts, times and totals as JSON to standard error. Pages of Elastic Cloud need names that end in their
day; an ECU is 1 USD here.

  billow normalize --feed-kind aws/cur2 --period 2026-06 part-1.csv.gz part-2.csv.gz > bodies.ndjson
  billow normalize --feed-kind elastic-cloud/costs --period 2026-06 instances/2026-06-01.json > bodies.ndjson)";

}  // namespace billow::daemon::help
