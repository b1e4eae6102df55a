#!/usr/bin/env bash
# The full figures of what is promised about power, damage, memory and clocks. From a clean checkout:
#   bash tests/campaign.sh            all of them, in four hours or so on two cores, most of it R5
#   bash tests/campaign.sh R7 R8      these only
#   DAICHO_SEED=5 bash tests/campaign.sh R1      the schedule of another seed
# Each step says its figure and writes target/figures/<id>.json; what fails is kept in target/traces, and looked at
# again with: DAICHO_REPLAY=target/traces/<id> cargo test --test all replay_ -- --ignored --nocapture
# `.ci/run` runs a share of each.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never LC_ALL=C.UTF-8 DAICHO_CAMPAIGN=full
asked=" $* "
wanted() { [ "$asked" = "  " ] || [[ "$asked" == *" $1 "* ]]; }
run() { cargo test --locked --test all "$1" -- --nocapture --include-ignored --test-threads 1; }
# step <ids, each a word> <what> <tests by name>
step() {
  for id in $1; do
    if wanted "$id"; then
      printf '\n== %s: %s\n' "$1" "$2"
      run "$3"
      return
    fi
  done
}

step "R1 R2" "power cut at every step of every operation, and again while coming back" campaign_power_cuts
step "R3 R4 R5 R6" "the real binary: killed and refused at each call, on a full disk, on ext4 that loses power" real::
step "R4" "kill -9 at random moments" kills::
step "R1" "power cut in a compaction" desk::compact
step "R7" "every byte of every file flipped three ways" campaign_every_byte
step "R8" "cut short, lengthened, exchanged, from older copies" campaign_every_truncation
step "R10" "memory from far too little to enough" campaign_memory
step "R19" "folder, lock and journal exchanged, linked and shared under a writer" campaign_held_files
step "R18" "an insider's own tool, forging as each role" campaign_an_insider
step "R12" "wrong clocks and special days" campaign_wrong_clocks
step "R13" "the vectors of age and Wycheproof" campaign_every_vector

step "R16" "a year backed up, wiped, restored, verified; recovery by the command line" cli::backup

if wanted R15; then
  printf '\n== R15: faults put into rules and log, 200 of them (some three hours)\n'
  python3 tests/mutants.py
fi

if wanted P; then
  printf '\n== P: beside the peers, up to five million records (an hour, and 20 GB of disk)\n'
  CARGO_TARGET_DIR="$PWD/target" cargo run --locked --release --manifest-path tests/peers/Cargo.toml -- \
    --sizes 10000,100000,1000000,5000000
fi

printf '\n== figures\n'
ls target/figures/
