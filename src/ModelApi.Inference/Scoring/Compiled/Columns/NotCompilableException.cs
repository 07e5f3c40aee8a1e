namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A graph holds something that the compiled engine does not handle; ONNX Runtime serves the model instead.</summary>
/// <param name="reason">A sentence without its full stop, with "it" for the model.</param>
internal sealed class NotCompilableException(string reason) : Exception(reason);
