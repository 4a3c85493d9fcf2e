module pod-triage.test/cluster/pki

go 1.26.0
