using System;

namespace Steelyard.Tests;

/// <summary>
/// The section that a test holds the code to: <c>9568 §6.4.2</c>. Each section has a test that
/// satisfies it and one that violates it.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RfcAttribute(string section) : Attribute
{
    public string Section { get; } = section;
}
