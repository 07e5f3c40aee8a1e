namespace ModelApi.Predictions;

/// <summary>The compression of a body (RFC 9110, section 8.4.1): none, or one of three.</summary>
internal enum ContentCoding
{
    Identity,
    Gzip,
    Deflate,
    Brotli,
}
