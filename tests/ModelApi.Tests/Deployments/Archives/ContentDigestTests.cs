using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using ModelApi.Deployments.Archives;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>The examples of RFC 9530, and the grammar of RFC 9651 that they are in.</summary>
public sealed class ContentDigestTests
{
    private const string Sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    private const string Sha512 =
        "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

    private static readonly byte[] Hello = Encoding.UTF8.GetBytes("{\"hello\": \"world\"}\n");

    // The content of figures 18 and 21, packed by Brotli.
    private static readonly byte[] Packed = Convert.FromHexString("8b08807b2268656c6c6f223a2022776f726c64227d0a03");

    [Theory]
    [InlineData(Sha256)]
    [InlineData(Sha512)]
    [InlineData($"{Sha256}, {Sha512}")]
    [InlineData($"{Sha256},\t{Sha512}")]
    [InlineData($"  {Sha512} ,{Sha256}  ")]
    [InlineData($"md5=:AAAA:, {Sha256}")]
    [InlineData($"unixcksum=:AAAA:")]
    [InlineData($"{Sha256};by=\"me\"; x=1;flag")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:")]
    [InlineData($"sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:, {Sha256}")]
    public void The_digests_of_the_content_are_right(string field) => Assert.Null(Mismatch(field, Hello));

    [Theory]
    [InlineData(
        "sha-256=:MklYnI/SsUF/5X7enJ2TU+DFjodRObdKLFaPPLe/Kcw=:, "
        + "sha-512=:uItqfeAbi/tOHM+dcFUkMAXmOJ02fQug/kveWtMG7/ZO7pX+4XbgXnxNAoIEhbTdc5g++QOBUAt1+85yolxEIA==:", null)]
    [InlineData(Sha256, "sha-256")]
    [InlineData(Sha512, "sha-512")]
    public void The_digest_is_that_of_the_content_as_it_was_sent(string field, string? mismatch) =>
        Assert.Equal(mismatch, Mismatch(field, Packed));

    // The two members of the example in section 2 belong to different contents.
    [Theory]
    [InlineData($"sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:,{Sha512}", "sha-256")]
    [InlineData($"{Sha512},sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:", "sha-256")]
    [InlineData($"{Sha256},sha-512=:uItqfeAbi/tOHM+dcFUkMAXmOJ02fQug/kveWtMG7/ZO7pX+4XbgXnxNAoIEhbTdc5g++QOBUAt1+85yolxEIA==:", "sha-512")]
    public void One_wrong_digest_among_several_is_found(string field, string mismatch) => Assert.Equal(mismatch, Mismatch(field, Hello));

    [Fact]
    public void Several_lines_are_one_list() =>
        Assert.Equal("sha-512", ContentDigest.Parse(new StringValues([Sha256, Sha512]))!
            .FindMismatch(SHA256.HashData(Hello), SHA512.HashData(Packed)));

    [Fact]
    public void Without_the_field_nothing_is_compared()
    {
        var none = ContentDigest.Parse(StringValues.Empty)!;

        Assert.False(none.HasSha512);
        Assert.Null(none.FindMismatch(default, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData($"{Sha256},")]
    [InlineData($",{Sha256}")]
    [InlineData("sha-256")]
    [InlineData("sha-256=")]
    [InlineData("sha-256=::")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=")]
    [InlineData("sha-256=\"RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=\"")]
    [InlineData("sha-256 =:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")]
    [InlineData("SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg==:")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=: x")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:;")]
    [InlineData("sha-256=(:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:)")]
    [InlineData("md5=1")]
    public void A_field_that_cannot_be_read_is_refused(string field) => Assert.Null(ContentDigest.Parse(field));

    [Fact]
    public void A_field_is_written_as_it_is_read() =>
        Assert.Equal(Sha256, ContentDigest.Write(Convert.ToHexStringLower(SHA256.HashData(Hello))));

    private static string? Mismatch(string field, byte[] content) =>
        ContentDigest.Parse(field)!.FindMismatch(SHA256.HashData(content), SHA512.HashData(content));
}
