using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Messages;

/// <summary>Tests arguments with source-generated JSON only, as in a trimmed application.</summary>
public sealed partial class SourceGeneratedJsonTests
{
    private static readonly JsonSerializerOptions Json = Create();

    [Fact]
    public void Encode_RegisteredAndSimpleTypes_WritesThem()
    {
        Assert.Equal("""[{"id":"a","amount":2}]""", Encode(new Order("a", 2)));
        Assert.Equal("""[{"id":"a","amount":2}]""", Encode<object>(new Order("a", 2)));
        Assert.Equal("""["x",1,true]""", Arguments(MessageWriter.Encode(Json, "e", "x", 1, true)));
        Assert.Equal("""[null,1.5,["a"]]""", Arguments(MessageWriter.Encode(Json, "e", [null, 1.5, new[] { "a" }])));
    }

    [Fact]
    public void Encode_Query_WritesItAsItsDeclaredSequence()
    {
        var orders = new[] { 1, 2 }.Select(static amount => new Order("a", amount));

        Assert.Equal("""[[{"id":"a","amount":1},{"id":"a","amount":2}]]""", Encode(orders));
    }

    [Fact]
    public void Encode_UnregisteredType_NamesItAndTheRemedy()
    {
        var exception = Assert.Throws<NotSupportedException>(() => Encode(new Unregistered(1)));

        Assert.Contains(typeof(Unregistered).FullName!, exception.Message, StringComparison.Ordinal);
        Assert.Contains("o.Json.TypeInfoResolverChain.Insert(0, MyContext.Default)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Encode_UnregisteredDerivedType_ThrowsInsteadOfLosingProperties() =>
        Assert.Throws<NotSupportedException>(() => Encode<Order>(new RushOrder("a", 1, 5)));

    [Fact]
    public async Task On_UnregisteredType_ThrowsWhenTheHandlerIsAdded()
    {
        await using var server = ScalerServer.Create(UnconnectedRedis.Instance, new ScalerOptions { Json = Json });

        Assert.Throws<NotSupportedException>(() => server.On<Unregistered>("e", static (_, _, _) => default));
        Assert.Throws<NotSupportedException>(() => server.Validate<Unregistered>("e", static _ => null));
        server.On<Order>("e", static (_, _, _) => default);
    }

    [Fact]
    public void GetArgument_ByType_ReadsRegisteredTypesOnly()
    {
        var message = new ScalerMessage("e", default, false, """[{"id":"a","amount":2}]"""u8.ToArray(), Json);

        Assert.Equal(new Order("a", 2), message.GetArgument<Order>(0));
        Assert.Null(message.GetArgument<Order>(1));
        Assert.Throws<NotSupportedException>(() => message.GetArgument<Unregistered>(0));
    }

    [Fact]
    public void Encode_SameTypeWithOtherOptions_UsesTheOptionsOfTheCall()
    {
        var pascal = new JsonSerializerOptions { TypeInfoResolver = OrderJson.Default };

        Assert.Equal("""[{"id":"a","amount":2}]""", Encode(new Order("a", 2)));
        Assert.Equal("""[{"Id":"a","Amount":2}]""", Arguments(MessageWriter.Encode(pascal, "e", new Order("a", 2))));
        Assert.Equal("""[{"id":"a","amount":2}]""", Encode(new Order("a", 2)));
    }

    [Fact]
    public void Json_DefaultOptions_AcceptAContext()
    {
        var options = new ScalerOptions();

        options.Json.TypeInfoResolverChain.Insert(0, OrderJson.Default);

        Assert.Equal("""[{"id":"a","amount":2}]""", Arguments(MessageWriter.Encode(options.Json, "e", new Order("a", 2))));
        Assert.Equal("""[{"id":1}]""", Arguments(MessageWriter.Encode(options.Json, "e", new Unregistered(1))));
    }

    private static JsonSerializerOptions Create()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(OrderJson.Default, SimpleArgumentJson.Default),
        };
        json.MakeReadOnly();
        return json;
    }

    private static string Encode<T>(T argument) => Arguments(MessageWriter.Encode(Json, "e", argument));

    private static string Arguments(ReadOnlyMemory<byte> message) =>
        Encoding.UTF8.GetString(message.Span)["""{"event":"e","args":""".Length..^1];

    private record Order(string Id, int Amount);

    private sealed record RushOrder(string Id, int Amount, int Hours) : Order(Id, Amount);

    private sealed record Unregistered(int Id);

    [JsonSerializable(typeof(Order))]
    [JsonSerializable(typeof(IEnumerable<Order>))]
    private sealed partial class OrderJson : JsonSerializerContext;
}
