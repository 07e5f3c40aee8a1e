namespace ModelApi.Errors;

/// <summary>What kept a request from its answer, in no protocol's terms; each protocol's writer maps it to a code of its own.</summary>
internal enum FailureKind
{
    /// <summary>The request breaks a rule of the transport.</summary>
    BadRequest,

    /// <summary>The body cannot be parsed.</summary>
    MalformedBody,

    InvalidParameter,

    InvalidHeader,

    Unauthorized,

    Forbidden,

    /// <summary>Nothing is served at this address.</summary>
    NotFound,

    UnknownModel,

    UnknownVersion,

    MethodNotAllowed,

    /// <summary>The client sent its request too slowly.</summary>
    RequestTooSlow,

    TooLarge,

    UnsupportedMediaType,

    /// <summary>The body was parsed, but holds rows that the model does not take.</summary>
    InvalidFeatures,

    /// <summary>A fault of the server.</summary>
    Internal,

    /// <summary>The model is loading, or failed to load.</summary>
    NotReady,

    Overloaded,

    /// <summary>The deadline has passed.</summary>
    TimedOut,
}
