"""Bills for tests: an independent reading of what a bill must become, and bills of any size.

`oracle` reads an export as AWS delivers it and says what Elasticsearch must hold, `generate` writes such
exports. Neither shares a line with the daemon: both follow ingest/<provider>/<feed>/README.md.
"""
