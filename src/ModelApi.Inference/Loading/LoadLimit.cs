namespace ModelApi.Inference.Loading;

/// <summary>A limit of <see cref="LoadLimits"/>.</summary>
internal enum LoadLimit
{
    None,
    Timeout,
    Memory,
}
