using System.Reflection;
using Xunit.Sdk;

namespace ModelApi.Tests.Storage;

/// <summary>Runs a theory for each place of archives.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BundlePlacesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Enum.GetValues<BundlePlace>()
        .Where(place => place != BundlePlace.Database || DatabasesAttribute.HasPostgres)
        .Select(place => new object[] { place });
}
