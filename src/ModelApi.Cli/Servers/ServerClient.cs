using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>Talks to the deployment routes of a server.</summary>
/// <remarks>
/// Every method throws a <see cref="CommandException"/> with the server's own reason when the server refuses, and one that says so when it
/// cannot be reached.
/// </remarks>
internal sealed class ServerClient : IDisposable
{
    private const int UploadTries = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;

    /// <param name="address">The server; a path before its routes is kept.</param>
    /// <param name="token">The API key or token, or null.</param>
    public ServerClient(Uri address, string? token)
    {
        Address = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        _http = new HttpClient { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("modelapi-cli");
        if (token is not null)
        {
            // Checked here, because HttpClient's own exception would show the token.
            _http.DefaultRequestHeaders.Authorization = token.All(letter => letter is > ' ' and < (char)127)
                ? new AuthenticationHeaderValue("Bearer", token)
                : throw new UsageException("The token holds a space, a line break or a letter that no token can hold.");
        }
    }

    /// <summary>The server, with a slash at the end.</summary>
    public Uri Address { get; }

    public Task<Reply<ModelListInfo>> ListAsync(CancellationToken cancellationToken) =>
        GetAsync<ModelListInfo>("models", cancellationToken);

    public Task<Reply<ModelInfo>> GetModelAsync(string model, CancellationToken cancellationToken) =>
        GetAsync<ModelInfo>(PathOf(model), cancellationToken);

    public Task<Reply<VersionInfo>> GetVersionAsync(string model, string version, CancellationToken cancellationToken) =>
        GetAsync<VersionInfo>(PathOf(model, version), cancellationToken);

    public Task<Reply<HistoryInfo>> GetHistoryAsync(string model, int limit, long? before, CancellationToken cancellationToken) =>
        GetAsync<HistoryInfo>(
            FormattableString.Invariant($"{PathOf(model)}/history?limit={limit}") + (before is { } id ? $"&before={id}" : ""),
            cancellationToken);

    public Task<Reply<DiffInfo>> GetDiffAsync(string model, string from, string to, CancellationToken cancellationToken) =>
        GetAsync<DiffInfo>($"{PathOf(model, from)}/diff/{Uri.EscapeDataString(to)}", cancellationToken);

    public Task<Reply<JsonObject>> GetRolloutAsync(string model, CancellationToken cancellationToken) =>
        GetAsync<JsonObject>($"{PathOf(model)}/rollout", cancellationToken);

    public Task<Reply<ChangeInfo>> SetStageAsync(
        string model, string version, string stage, bool force, long? revision, CancellationToken cancellationToken) =>
        ChangeAsync(
            HttpMethod.Post,
            $"{PathOf(model, version)}/stage{(force ? "?force=true" : "")}",
            new JsonObject { ["stage"] = stage },
            revision,
            cancellationToken);

    public Task<Reply<ChangeInfo>> RollBackAsync(string model, long? revision, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Post, $"{PathOf(model)}/rollback", body: null, revision, cancellationToken);

    public Task<Reply<ChangeInfo>> SetAliasAsync(
        string model, string alias, string version, long? revision, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Put, AliasPath(model, alias), new JsonObject { ["version"] = version }, revision, cancellationToken);

    public Task<Reply<ChangeInfo>> DeleteAliasAsync(string model, string alias, long? revision, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Delete, AliasPath(model, alias), body: null, revision, cancellationToken);

    public Task<Reply<JsonObject>> StartRolloutAsync(
        string model, JsonObject settings, bool force, long? revision, CancellationToken cancellationToken) =>
        SendAsync<JsonObject>(
            HttpMethod.Put, $"{PathOf(model)}/rollout{(force ? "?force=true" : "")}", settings, revision, cancellationToken);

    public Task<Reply<JsonObject>> EndRolloutAsync(string model, long? revision, CancellationToken cancellationToken) =>
        SendAsync<JsonObject>(HttpMethod.Delete, $"{PathOf(model)}/rollout", body: null, revision, cancellationToken);

    /// <summary>Uploads an archive; again when the connection breaks, since the same bytes under the same version do no harm.</summary>
    /// <returns>Whether the version is new; false when the server has these very bytes already.</returns>
    public async Task<bool> UploadAsync(
        string model, string version, BundleArchive archive, Action<long> progress, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, PathOf(model, version))
            {
                Content = new FileContent(archive.Path, progress),
            };

            // A server that refuses does so before the archive is sent.
            request.Headers.ExpectContinue = true;
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(archive.MediaType);
            request.Content.Headers.Add("Content-Digest", $"sha-256=:{Convert.ToBase64String(archive.Sha256)}:");
            try
            {
                using var response = await _http.SendAsync(request, cancellationToken);
                await ThrowIfRefusedAsync(response, cancellationToken);
                return response.StatusCode != HttpStatusCode.OK;
            }
            catch (HttpRequestException exception) when (tries < UploadTries && exception.StatusCode is null)
            {
                await Task.Delay(TimeSpan.FromSeconds(tries), cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                throw Unreachable(exception);
            }
        }
    }

    /// <summary>Opens a version's archive.</summary>
    /// <returns>The response, whose body is still to be read; the caller disposes of it.</returns>
    public async Task<HttpResponseMessage> DownloadAsync(string model, string version, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _http.GetAsync(
                $"{PathOf(model, version)}/bundle", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            try
            {
                await ThrowIfRefusedAsync(response, cancellationToken);
            }
            catch
            {
                response.Dispose();
                throw;
            }

            return response;
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string model) => $"models/{Uri.EscapeDataString(model)}";

    private static string PathOf(string model, string version) => $"{PathOf(model)}/versions/{Uri.EscapeDataString(version)}";

    private static string AliasPath(string model, string alias) => $"{PathOf(model)}/aliases/{Uri.EscapeDataString(alias)}";

    private Task<Reply<T>> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, body: null, revision: null, cancellationToken);

    private Task<Reply<ChangeInfo>> ChangeAsync(
        HttpMethod method, string path, JsonObject? body, long? revision, CancellationToken cancellationToken) =>
        SendAsync<ChangeInfo>(method, path, body, revision, cancellationToken);

    private async Task<Reply<T>> SendAsync<T>(
        HttpMethod method, string path, JsonObject? body, long? revision, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (revision is { } expected)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(FormattableString.Invariant($"\"{expected}\"")));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await _http.SendAsync(request, patience.Token);
            await ThrowIfRefusedAsync(response, patience.Token);
            return Reply<T>.Of(await response.Content.ReadAsStringAsync(patience.Token))
                ?? throw new CommandException($"{Address}{path} did not answer as a ModelApi server does. Check the server's address.");
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"The server {Address} did not answer within {Patience.TotalSeconds:0} seconds.", ExitCodes.TimedOut);
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw ServerProblem.Of(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private CommandException Unreachable(HttpRequestException exception) =>
        new($"The server {Address} cannot be reached: {(exception.InnerException ?? exception).Message.TrimEnd('.')}.");
}
