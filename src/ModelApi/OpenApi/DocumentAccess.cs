namespace ModelApi.OpenApi;

/// <summary>Who may read the OpenAPI document.</summary>
internal enum DocumentAccess
{
    /// <summary>Everybody; training arguments and performance are shown only to callers with a key or token.</summary>
    Open,

    /// <summary>Callers with a key or token.</summary>
    Key,

    /// <summary>Nobody; neither the document nor its page is served.</summary>
    Off,
}
