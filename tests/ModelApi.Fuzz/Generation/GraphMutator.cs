using System.Buffers.Binary;
using System.Text;

namespace ModelApi.Fuzz.Generation;

/// <summary>Changes ONNX graphs field by field, or byte by byte.</summary>
internal static class GraphMutator
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 3, 7, 100, 1000, 65_536, int.MaxValue, 1UL << 31, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue,
        ulong.MaxValue - 1, unchecked((ulong)int.MinValue), 1UL << 40, 1UL << 62,
    ];

    private static readonly float[] Floats =
        [0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, 0.5f];

    private static readonly string[] Texts =
    [
        "", "x", "TreeEnsembleClassifier", "TreeEnsemble", "Loop", "Scan", "If", "Identity", "ConstantOfShape", "ai.onnx.ml",
        "com.microsoft",
        "BRANCH_LEQ", "BRANCH_EQ", "LEAF", "BRANCH_MEMBER", "SOFTMAX", "PROBIT", "LOGISTIC", "label", "probabilities", "encoded",
        "features",
        "age", "\0", "../../etc/passwd", "\u00e9",
    ];

    public static Sample Next(Random random, byte[] graph)
    {
        if (random.Chance(0.1))
        {
            return JsonMutator.Bytes(random, graph);
        }

        var model = ProtobufMessage.Read(graph);
        var kind = "";
        for (var changes = random.Chance(0.8) ? 1 : random.Next(2, 6); changes > 0; changes--)
        {
            kind = Change(random, model);
        }

        return new Sample(kind, ProtobufMessage.Write(model));
    }

    private static string Change(Random random, List<ProtobufField> model)
    {
        // Down to some message: by field number first, since a tree has thousands of numbers and a single name.
        var (fields, path) = (model, "model");
        while (true)
        {
            var numbers = fields.Select(field => field.Number).Distinct().ToList();
            if (numbers.Count == 0)
            {
                fields.Add(new ProtobufField(random.Next(1, 30), 0) { Value = random.Pick(Integers) });
                return $"{path}, added field";
            }

            var number = random.Pick(numbers);
            var same = fields.Where(field => field.Number == number).ToList();
            var chosen = random.Pick(same);
            if (chosen.Fields is null || random.Chance(0.15))
            {
                return $"{path}/{number}, {Change(random, fields, chosen, same)}";
            }

            (fields, path) = (chosen.Fields, $"{path}/{number}");
        }
    }

    private static string Change(Random random, List<ProtobufField> fields, ProtobufField field, List<ProtobufField> same)
    {
        var at = fields.IndexOf(field);
        switch (random.Next(9))
        {
            case 0:
                fields.RemoveAt(at);
                return "removed";
            case 1:
                fields.Insert(at, field.Clone());
                return "duplicated";
            case 2:
                fields.RemoveAll(same.Contains);
                return "removed list";
            case 3:
                var other = random.Pick(same);
                (field.Value, other.Value) = (other.Value, field.Value);
                (field.Content, other.Content) = (other.Content, field.Content);
                (field.Fields, other.Fields) = (other.Fields, field.Fields);
                return "swapped";
            case 4 when same.Count > 1:
                foreach (var item in same)
                {
                    ChangeValue(random, item);
                }

                return "changed list";
            default:
                return ChangeValue(random, field);
        }
    }

    private static string ChangeValue(Random random, ProtobufField field)
    {
        if (field.Fields is not null)
        {
            field.Fields = null;
            field.Content = random.Bytes(random.Length(50));
            return "noise for a message";
        }

        switch (field.WireType)
        {
            case 0:
                field.Value = random.Next(4) switch
                {
                    0 => unchecked(field.Value + 1),
                    1 => unchecked(field.Value - 1),
                    2 => (ulong)random.Next(2000),
                    _ => random.Pick(Integers),
                };
                return "number";
            case 5:
                BinaryPrimitives.WriteSingleLittleEndian(field.Content, random.Pick(Floats));
                return "float";
            case 2 when IsList(field):
                ChangeList(random, field);
                return "packed numbers";
            case 2:
                field.Content = random.Next(3) switch
                {
                    0 => Encoding.UTF8.GetBytes(random.Pick(Texts)),
                    1 => JsonMutator.Bytes(random, field.Content).Content,
                    _ => random.Bytes(random.Length(200)),
                };
                return "text";
            default:
                field.Content = random.Bytes(field.Content.Length);
                return "bytes";
        }
    }

    // Floats, doubles and integers of tensors and attributes are long, and names are short.
    private static bool IsList(ProtobufField field) => field.Content.Length >= 64 && field.Content.Length % 4 == 0;

    private static void ChangeList(Random random, ProtobufField field)
    {
        var at = random.Next(field.Content.Length / 4) * 4;
        switch (random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteSingleLittleEndian(field.Content.AsSpan(at), random.Pick(Floats));
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(field.Content.AsSpan(at), (uint)random.Pick(Integers));
                break;
            case 2:
                field.Content = field.Content[..at];
                break;
            default:
                field.Content = [.. field.Content, .. field.Content[at..]];
                break;
        }
    }
}
