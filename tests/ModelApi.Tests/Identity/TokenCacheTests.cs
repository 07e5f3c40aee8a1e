using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Identity;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

public sealed class TokenCacheTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_token_is_cached_until_it_expires()
    {
        using var cache = new TokenCache(_clock);
        cache.Add("a", CallerUntil(_clock.Now.AddSeconds(60)));

        _clock.Now = _clock.Now.AddSeconds(59);
        var before = cache.Find("a");
        _clock.Now = _clock.Now.AddSeconds(1);
        var after = cache.Find("a");

        Assert.Equal("carla", before?.Name);
        Assert.Null(after);
        Assert.Null(cache.Find("b"));
    }

    [Fact]
    public void A_token_is_validated_again_after_five_minutes_even_if_it_expires_later()
    {
        using var cache = new TokenCache(_clock);
        cache.Add("a", CallerUntil(DateTimeOffset.MaxValue));

        _clock.Now = _clock.Now.AddSeconds(299);
        Assert.NotNull(cache.Find("a"));
        _clock.Now = _clock.Now.AddSeconds(1);
        Assert.Null(cache.Find("a"));
    }

    [Fact]
    public async Task A_full_cache_drops_expired_tokens_first()
    {
        using var cache = new TokenCache(_clock, capacity: 100);
        for (var i = 0; i < 90; i++)
        {
            cache.Add($"long {i}", CallerUntil(_clock.Now.AddSeconds(100)));
        }

        for (var i = 0; i < 10; i++)
        {
            cache.Add($"short {i}", CallerUntil(_clock.Now.AddSeconds(1)));
        }

        _clock.Now = _clock.Now.AddSeconds(2);

        await AddUntilKeptAsync(cache, "new");

        Assert.Equal(91, cache.Count);
        Assert.All(Enumerable.Range(0, 90), i => Assert.NotNull(cache.Find($"long {i}")));
    }

    [Fact]
    public async Task The_cache_never_exceeds_its_capacity_and_keeps_taking_new_tokens()
    {
        using var cache = new TokenCache(_clock, capacity: 100);

        for (var i = 0; i < 500; i++)
        {
            _clock.Now = _clock.Now.AddSeconds(0.1);
            await AddUntilKeptAsync(cache, $"token {i}");
            Assert.InRange(cache.Count, 1, 100);
        }
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        using var cache = new TokenCache(_clock);
        cache.Add("a", CallerUntil(_clock.Now.AddSeconds(60)));
        var found = 0;
        Assert.NotNull(cache.Find("a"));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            found += cache.Find("a") is not null && cache.Find("b") is null ? 1 : 0;
        }

        Assert.Equal((1000, 0), (found, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    [Fact]
    public async Task A_cached_token_is_401_once_it_has_expired_and_so_is_a_forgery_of_it()
    {
        using var key = RSA.Create(2048);
        using var stranger = RSA.Create(2048);
        using var api = ModelApiHost.With(
            ("Authentication:Schemes:Bearer:ValidIssuer", Jwt.Issuer),
            ("Authentication:Schemes:Bearer:ValidAudience", Jwt.Audience),
            ("Authentication:Schemes:Bearer:ClockSkewSeconds", "0"),
            ("Authentication:Schemes:Bearer:PublicKeys:0", key.ExportSubjectPublicKeyInfoPem()));
        var row = Requests.Row().ToJsonString();
        await api.ClientWith(Jwt.Rs256(stranger, Jwt.Claims())).PredictAsync(row);
        var claims = Jwt.Claims(expiresInSeconds: 10);
        var token = Jwt.Rs256(key, claims);

        var first = await (await api.ClientWith(token).PredictAsync(row)).ReadJsonAsync();
        var again = await (await api.ClientWith(token).PredictAsync(row)).ReadJsonAsync();
        var cached = api.Services.GetRequiredService<TokenCache>().Count;
        var forged = await api.ClientWith(Jwt.Rs256(stranger, claims)).PredictAsync(row);
        var tampered = await api.ClientWith(token[..^4] + "AAAA").PredictAsync(row);
        await Task.Delay(DateTimeOffset.FromUnixTimeSeconds((long)claims["exp"]) - DateTimeOffset.UtcNow + TimeSpan.FromSeconds(0.1));
        var late = await api.ClientWith(token).PredictAsync(row);

        Assert.Equal(("carla", "carla", 1), (first.GetProperty("username").GetString(), again.GetProperty("username").GetString(), cached));
        await forged.ReadProblemAsync(401, "unauthorized");
        await tampered.ReadProblemAsync(401, "unauthorized");
        var problem = await late.ReadProblemAsync(401, "unauthorized");
        Assert.StartsWith("The token has expired.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    // A full cache makes room on another thread, and keeps the next token.
    private async Task AddUntilKeptAsync(TokenCache cache, string token)
    {
        for (var patience = 0; cache.Find(token) is null; patience++)
        {
            Assert.InRange(patience, 0, 1000);
            cache.Add(token, CallerUntil(_clock.Now.AddSeconds(100)));
            if (cache.Count == 100)
            {
                await Task.Delay(5);
            }
        }
    }

    private static Caller CallerUntil(DateTimeOffset expires) =>
        new(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "carla")], "Test")), expires);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
