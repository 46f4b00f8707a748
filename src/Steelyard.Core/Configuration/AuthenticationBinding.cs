using System;
using System.Text;

namespace Steelyard.Core.Configuration;

/// <summary>
/// <c>authentication</c> of one router: a password that travels readable in every advert of version
/// 2 (RFC 2338 §5.3.6.2). It keeps strangers apart, no more.
/// </summary>
internal sealed class AuthenticationBinding(ValueReader values)
{
    private const int MaximumPasswordLength = 8;

    /// <summary>The password that adverts carry, or none.</summary>
    public string? Bind(Statement block, int version)
    {
        Word? type = null;
        Word? password = null;
        BlockScope scope = new("authentication", values.Faults);
        foreach (Statement statement in block.Block ?? [])
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "auth_type":
                    type = values.Single(statement);
                    break;
                case "auth_pass":
                    password = values.Single(statement);
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }

        return Check(block, version, type, password);
    }

    private string? Check(Statement block, int version, Word? type, Word? password)
    {
        if (type is Word word)
        {
            string? known = values.OneOf(word, "an authentication", ["PASS", "AH"]);
            if (known == "AH")
            {
                values.Faults.Error(
                    word.Position, "'auth_type AH' is not supported; RFC 3768 removed it");
            }
        }

        if (password is not Word secret)
        {
            values.Faults.Error(block.Position, "'authentication' needs 'auth_pass'");
            return null;
        }

        if (version == 3)
        {
            values.Faults.Warning(
                block.Position, "VRRP version 3 has no authentication; the block is ignored");
            return null;
        }

        if (secret.Text.Length == 0 || !Ascii.IsValid(secret.Text))
        {
            values.Faults.Error(secret.Position, "'auth_pass' is one to eight ASCII characters");
            return null;
        }

        if (secret.Text.Length > MaximumPasswordLength)
        {
            values.Faults.Warning(
                secret.Position, $"'auth_pass' is cut to {MaximumPasswordLength} characters");
        }

        return secret.Text[..Math.Min(secret.Text.Length, MaximumPasswordLength)];
    }
}
