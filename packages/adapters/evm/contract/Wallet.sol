// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// For tests: a wallet that is a contract, for which each of its owners has to sign, in order.
contract Wallet is IERC1271 {
    address[] private _owners;

    constructor(address[] memory owners) {
        _owners = owners;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65 * _owners.length) return 0xffffffff;
        for (uint256 i = 0; i < _owners.length; ++i) {
            (address signer, ECDSA.RecoverError fault, ) = ECDSA.tryRecover(hash, signature[65 * i:65 * (i + 1)]);
            if (fault != ECDSA.RecoverError.NoError || signer != _owners[i]) return 0xffffffff;
        }
        return IERC1271.isValidSignature.selector;
    }
}
