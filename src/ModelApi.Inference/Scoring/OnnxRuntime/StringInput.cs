using System.Text;
using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>String features as the columns of a tensor. Only elements that differ from the last call's are written.</summary>
internal sealed class StringInput(GraphStepInput input, Signature signature) : GraphInput(input)
{
    // Contents of an element that are no category; the codes of categories are zero or more.
    private const int Empty = -1;
    private const int FreeText = -2;

    private int[] _written = [];

    public override OrtValue Resize(int rows)
    {
        // A new tensor holds empty strings.
        var length = rows * Features.Count;
        if (_written.Length < length)
        {
            _written = new int[length];
        }

        _written.AsSpan(0, length).Fill(Empty);
        return base.Resize(rows);
    }

    public override void Fill(FeatureBatch batch, int firstRow)
    {
        var rows = Tensor.Count / Features.Count;
        for (var column = 0; column < Features.Count; column++)
        {
            var feature = Features[column];
            var categories = signature.Features[feature].Categories;
            var codes = batch.Codes(feature).Slice(firstRow, rows);
            var texts = batch.Texts(feature).Slice(firstRow, rows);
            for (var row = 0; row < rows; row++)
            {
                var element = (row * Features.Count) + column;
                if (codes[row] is var code and not CategoryTable.Unknown)
                {
                    if (_written[element] != code)
                    {
                        Write(element, code, categories!.Utf8(code));
                    }
                }
                else if (texts[row] is { } text)
                {
                    Write(element, FreeText, text);
                }
                else if (_written[element] != Empty)
                {
                    Write(element, Empty, []);
                }
            }
        }
    }

    private void Write(int element, int content, string text)
    {
        const int LargestOnStack = 512;
        Span<byte> utf8 = stackalloc byte[LargestOnStack];
        Write(element, content, Encoding.UTF8.TryGetBytes(text, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(text));
    }

    private void Write(int element, int content, ReadOnlySpan<byte> utf8)
    {
        // If the call fails, the next one must write the element again.
        _written[element] = FreeText;
        Tensor.Value.StringTensorSetElementAt(utf8, element);
        _written[element] = content;
    }
}
