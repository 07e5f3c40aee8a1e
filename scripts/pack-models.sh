#!/usr/bin/env bash
# Makes the bundles in models/ from trained models: scripts/pack-models.sh <folder>
# The folder holds a folder for each model, with its ONNX graphs, reference.csv, golden.jsonl and performance.json as the scripts in
# samples/training write them. scripts/pack-models/ holds the descriptions of the features and the training arguments.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 1 ] && [ -d "$1" ] || { echo 'usage: scripts/pack-models.sh <folder of trained models>' >&2; exit 2; }
trained=$1
dotnet build src/ModelApi.Cli -v quiet -nologo

# pack <name> <description> <graphs> [options]
pack() {
  local name=$1 description=$2 graphs=() graph
  for graph in $3; do graphs+=("$trained/$name/$graph"); done
  shift 3
  dotnet run --no-build --project src/ModelApi.Cli -- pack "${graphs[@]}" --name "$name" --version 1 --description "$description" \
    --reference "$trained/$name/reference.csv" --golden "$trained/$name/golden.jsonl" \
    --performance "$trained/$name/performance.json" --args "scripts/pack-models/$name.args.json" \
    --features "scripts/pack-models/$name.features.json" --output models --force "$@"
}

pack bank 'Will a client of a bank subscribe a term deposit? Random forest on the UCI Bank Marketing data (Moro, Cortez, Rita 2014).' \
  'encoder.onnx model.onnx'
pack breast-cancer 'Is a breast mass malignant or benign? Logistic regression on the UCI Breast Cancer Wisconsin (Diagnostic) data.' \
  'model.onnx'
pack credit-risk 'Is a loan a risk? XGBoost on the German credit data.' \
  'encoder.onnx model.onnx'
pack project-tags 'Which tag fits a machine-learning project? TF-IDF and logistic regression on its title and description.' \
  'pipeline.onnx' --instances-key texts
pack wine-quality 'How good is a red or white vinho verde, from 3 to 9? Random forest on the UCI Wine Quality data (Cortez et al. 2009).' \
  'encoder.onnx model.onnx'
