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
    public void A_token_is_known_until_it_expires()
    {
        var cache = new TokenCache(_clock);
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
    public void A_token_is_checked_anew_after_five_minutes_however_long_it_is_good()
    {
        var cache = new TokenCache(_clock);
        cache.Add("a", CallerUntil(DateTimeOffset.MaxValue));

        _clock.Now = _clock.Now.AddSeconds(299);
        Assert.NotNull(cache.Find("a"));
        _clock.Now = _clock.Now.AddSeconds(1);
        Assert.Null(cache.Find("a"));
    }

    [Fact]
    public void A_full_cache_makes_room_first_of_all_by_what_has_expired()
    {
        var cache = new TokenCache(_clock, capacity: 3);
        cache.Add("short", CallerUntil(_clock.Now.AddSeconds(1)));
        cache.Add("long 1", CallerUntil(_clock.Now.AddSeconds(100)));
        cache.Add("long 2", CallerUntil(_clock.Now.AddSeconds(100)));
        _clock.Now = _clock.Now.AddSeconds(2);

        cache.Add("new", CallerUntil(_clock.Now.AddSeconds(100)));

        Assert.Equal(3, cache.Count);
        Assert.NotNull(cache.Find("long 1"));
        Assert.NotNull(cache.Find("new"));
    }

    [Fact]
    public void It_never_holds_more_than_its_capacity()
    {
        var cache = new TokenCache(_clock, capacity: 10);

        for (var i = 0; i < 1000; i++)
        {
            cache.Add($"token {i}", CallerUntil(_clock.Now.AddSeconds(100)));
            Assert.InRange(cache.Count, 1, 10);
            Assert.NotNull(cache.Find($"token {i}"));
        }
    }

    [Fact]
    public async Task A_token_that_was_good_is_401_once_it_has_expired_and_so_is_a_forgery_of_it()
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
        Assert.Equal(1, api.Services.GetRequiredService<TokenCache>().Count);
    }

    private static Caller CallerUntil(DateTimeOffset expires) =>
        new(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "carla")], "Test")), expires);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
