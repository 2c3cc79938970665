using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler;

/// <summary>
/// Reads a query parameter by its exact name. <see cref="HttpRequest.Query"/> builds a dictionary of all parameters and ignores
/// case, so that <c>ACCOUNT</c> would match <c>account</c>.
/// </summary>
internal static class QueryParameterReader
{
    public static StringValues Read(QueryString query, string name)
    {
        var values = StringValues.Empty;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                values = StringValues.Concat(values, pair.DecodeValue().ToString());
            }
        }

        return values;
    }
}
