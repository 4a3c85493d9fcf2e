module pod-triage.test/cluster/app

go 1.26.0
