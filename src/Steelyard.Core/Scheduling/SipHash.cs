using System.Numerics;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// SipHash of one 32-bit word, with one round for the word and three to finish, cut to 32 bits.
/// Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), §2.
/// </summary>
internal static class SipHash
{
    // "somepseudorandomlygeneratedbytes".
    private const ulong First = 0x736F6D6570736575;
    private const ulong Second = 0x646F72616E646F6D;
    private const ulong Third = 0x6C7967656E657261;
    private const ulong Fourth = 0x7465646279746573;
    private const ulong LengthBytes = 4;
    private const ulong Finish = 0xFF;

    /// <param name="word">What is hashed.</param>
    /// <param name="key">Both halves of the key.</param>
    public static uint Of(uint word, ulong key)
    {
        ulong block = (LengthBytes << 56) | word;
        State state = new()
        {
            A = First ^ key,
            B = Second ^ key,
            C = Third ^ key,
            D = Fourth ^ key ^ block,
        };
        state.Round();
        state.A ^= block;
        state.C ^= Finish;
        state.Round();
        state.Round();
        state.Round();
        return unchecked((uint)(state.A ^ state.B ^ state.C ^ state.D));
    }

    private struct State
    {
        public ulong A;
        public ulong B;
        public ulong C;
        public ulong D;

        public void Round()
        {
            unchecked
            {
                A += B;
                C += D;
                B = BitOperations.RotateLeft(B, 13) ^ A;
                D = BitOperations.RotateLeft(D, 16) ^ C;
                A = BitOperations.RotateLeft(A, 32);
                C += B;
                A += D;
                B = BitOperations.RotateLeft(B, 17) ^ C;
                D = BitOperations.RotateLeft(D, 21) ^ A;
                C = BitOperations.RotateLeft(C, 32);
            }
        }
    }
}
