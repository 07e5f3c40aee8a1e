namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>A graph holds something that the compiled engine has no plan for; ONNX Runtime serves the model then.</summary>
/// <param name="reason">What it is, as a sentence without its full stop.</param>
internal sealed class NotCompilableException(string reason) : Exception(reason);
