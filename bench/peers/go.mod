module github.com/socctl/socctl/bench/peers

go 1.26.0

require (
	github.com/bradleyjkemp/sigma-go v0.6.6
	github.com/runreveal/sigmalite v0.0.0-20250918190104-f180cb50a6a1
	github.com/socctl/socctl v0.0.0
)

require (
	github.com/BobuSumisu/aho-corasick v1.0.3 // indirect
	github.com/PaesslerAG/gval v1.0.0 // indirect
	github.com/PaesslerAG/jsonpath v0.1.1 // indirect
	github.com/alecthomas/participle v0.7.1 // indirect
	github.com/klauspost/compress v1.20.0 // indirect
	golang.org/x/text v0.42.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace github.com/socctl/socctl => ../..
