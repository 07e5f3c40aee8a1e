using Microsoft.Extensions.DependencyInjection;
using ModelApi.Configuration;
using ModelApi.Hosting;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Hosting;

public sealed class UsageTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Theory]
    [InlineData(200)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void The_help_wraps_at_words_within_the_width_of_the_console(int width)
    {
        var lines = Usage.Text(width).Split(Environment.NewLine);

        // A name alone may be wider than a narrow console.
        Assert.All(lines, line => Assert.True(line.Length <= width || !line.Trim().Contains(' ', StringComparison.Ordinal), line));
        Assert.Equal(Words(Usage.Text(200)), Words(Usage.Text(width)));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void The_help_names_settings_that_exist()
    {
        var known = api.Services.GetServices<SettingsSection>().SelectMany(section => section.Names)
            .Append("Logging:LogLevel:Default").ToList();

        Assert.All(Usage.SettingNames, name => Assert.Contains(name, known));
    }

    private static string[] Words(string text) => text.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
