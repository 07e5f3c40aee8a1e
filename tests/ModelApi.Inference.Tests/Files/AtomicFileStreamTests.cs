using ModelApi.Inference.Files;

namespace ModelApi.Inference.Tests.Files;

public sealed class AtomicFileStreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_gets_its_name_when_it_is_committed()
    {
        using (var file = AtomicFileStream.Create(PathOf("out.csv"), replace: false))
        {
            file.Write("rows"u8);
            Assert.False(File.Exists(PathOf("out.csv")));
            file.Commit();
        }

        Assert.Equal("rows", File.ReadAllText(PathOf("out.csv")));
        Assert.Equal(["out.csv"], Names());
    }

    [Fact]
    public void A_file_that_is_not_committed_leaves_nothing()
    {
        using (var file = AtomicFileStream.Create(PathOf("out.csv"), replace: false))
        {
            file.Write("rows"u8);
        }

        Assert.Empty(Names());
    }

    [Fact]
    public void An_existing_file_is_only_replaced_on_request()
    {
        File.WriteAllText(PathOf("out.csv"), "old");

        var refused = Assert.Throws<RowFileException>(() => AtomicFileStream.Create(PathOf("out.csv"), replace: false));
        var before = File.ReadAllText(PathOf("out.csv"));
        using var file = AtomicFileStream.Create(PathOf("out.csv"), replace: true);
        file.Write("new"u8);
        file.Commit();

        Assert.Equal(($"'{PathOf("out.csv")}' already exists.", "old"), (refused.Message, before));
        Assert.Equal("new", File.ReadAllText(PathOf("out.csv")));
    }

    [Fact]
    public void A_file_that_another_process_creates_meanwhile_stays()
    {
        using (var file = AtomicFileStream.Create(PathOf("out.csv"), replace: false))
        {
            file.Write("rows"u8);
            File.WriteAllText(PathOf("out.csv"), "of another process");

            Assert.Throws<RowFileException>(file.Commit);
        }

        Assert.Equal("of another process", File.ReadAllText(PathOf("out.csv")));
        Assert.Equal(["out.csv"], Names());
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("rejects", new[] { "no.jsonl" })]
    public void An_optional_file_exists_only_if_something_was_written(string text, string[] expected)
    {
        File.WriteAllText(PathOf("no.jsonl"), "of an earlier run");

        using (var file = AtomicFileStream.CreateOptional(PathOf("no.jsonl"), replace: true))
        {
            if (text.Length > 0)
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }

            file.Commit();
        }

        Assert.Equal(expected, Names());
        Assert.All(expected, name => Assert.Equal(text, File.ReadAllText(PathOf(name))));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private IEnumerable<string?> Names() => Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName);
}
