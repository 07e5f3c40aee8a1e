using Google.Protobuf;
using ModelApi.Inference.Bundles.Graphs;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class NodeAttributeTests
{
    private static readonly long[] Integers = [0, 1, 127, 128, -1, long.MaxValue, long.MinValue];
    private static readonly float[] Floats = [0, -0f, 1.5f, float.NaN, float.Epsilon];

    [Fact]
    public void An_attribute_is_read_as_the_generated_parser_reads_it()
    {
        var written = new OnnxAttribute { Name = "all", F = 1.25f, I = -7, S = ByteString.CopyFromUtf8("é"), Type = 3 };
        written.Ints.AddRange(Integers);
        written.Floats.AddRange(Floats);
        written.Strings.AddRange([ByteString.CopyFromUtf8("a"), ByteString.Empty, ByteString.CopyFromUtf8("ñ")]);

        var read = NodeAttribute.Read(written.ToByteArray());

        Assert.Equal("all", read.Name);
        Assert.Equal(1.25f, read.Float);
        Assert.Equal(-7, read.Integer);
        Assert.Equal("é", read.Text);
        Assert.Equal(Integers, read.Integers);
        Assert.Equal(Floats, read.Floats);
        Assert.Equal(["a", "", "ñ"], read.Texts.ToTexts());
    }

    [Fact]
    public void Packed_lists_are_read_like_lists_of_elements()
    {
        var read = NodeAttribute.Read(Message(output =>
        {
            output.WriteTag(8, WireFormat.WireType.LengthDelimited);
            output.WriteLength(Integers.Sum(CodedOutputStream.ComputeInt64Size));
            foreach (var integer in Integers)
            {
                output.WriteInt64(integer);
            }

            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteLength(Floats.Length * sizeof(float));
            foreach (var number in Floats)
            {
                output.WriteFloat(number);
            }
        }));

        Assert.Equal(Integers, read.Integers);
        Assert.Equal(Floats, read.Floats);
    }

    [Theory]
    [InlineData(8, 3, new byte[] { 1, 2, 0x80 })]
    [InlineData(7, 3, new byte[] { 1, 2, 3 })]
    [InlineData(8, 4, new byte[] { 1, 2, 3 })]
    public void A_damaged_list_is_refused(int field, int length, byte[] content)
    {
        var message = ByteString.CopyFrom([(byte)((field << 3) | (int)WireFormat.WireType.LengthDelimited), (byte)length, .. content]);

        Assert.Throws<InvalidDataException>(() => NodeAttribute.Read(message.Memory));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
